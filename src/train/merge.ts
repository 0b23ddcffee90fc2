/**
 * Merging: the change of every adapter goes into its kernel,   W′ = W + s (rescaled(W + ΔW) − W),   s the model's strength, and the
 * network is then a plain one: the same blocks and as many engine calls as the base. A bias that a rescale takes in is scaled too.
 *
 * The adapted network and its base are never edited, so that unmerging is dropping the merged network: not one bit has to be restored.
 *
 * - A base in NF4: W is what the codes stand for, as in training, and W′ is float32. It is not rounded again, which would cost as
 *   much as the first rounding; kernels without adapter stay packed.
 * - An embedding that shares its table with the head: an update beside the table changed the embedding alone, so the head is untied
 *   and keeps the base's numbers; a table that was trained whole was trained in both, and stays shared.
 */
import type { Rescale } from '../adapters/types.ts';
import type { Batch } from '../blocks/batch.ts';
import { repeatedInputs } from '../blocks/repeatedInputs.ts';
import { RequestError } from '../errors.ts';
import { architectureOf, textArchitecture } from '../families/index.ts';
import { sitesOf } from '../families/sites.ts';
import { untied } from '../families/untied.ts';
import type { Weights } from '../families/weights.ts';
import { release } from '../tensor/engine.ts';
import { type Frozen, float32Kernel, float32Table, type FrozenTable } from '../tensor/frozen.ts';
import { transposed } from '../tensor/transposed.ts';
import type { Base } from './base.ts';
import { createModel, type Model } from './model.ts';

export interface Merged {
  /** A network without adapters, of one lane. */
  readonly model: Model;
  /** Its weights, for saveModel. */
  readonly base: Base;
  /** Largest difference of any logit on the probe between the adapted and the merged network. */
  readonly largestLogitDifference: number;
  /** Unmerges: frees the merged network. The adapted one is as it was. */
  dispose(): void;
}

/** Merges one lane. Refuses (RequestError) when a logit of the probe, of one lane, moves by more than the tolerance. */
export function mergeAdapters(model: Model, lane: number, probe: Batch, tolerance = 1e-3): Merged {
  const base = mergedBase(model, lane);
  const merged = createModel(base, { seeds: [0], methodFor: () => null });
  const dispose = (): void => {
    merged.dispose();
    base.dispose();
  };
  const adapted = laneLogits(model, lane, probe);
  const plain = laneLogits(merged, 0, probe);
  let largestLogitDifference = 0;
  for (let i = 0; i < adapted.length; i++) {
    const difference = Math.abs(adapted[i] - plain[i]);
    if (!(difference <= largestLogitDifference)) largestLogitDifference = difference;
  }
  if (!(largestLogitDifference <= tolerance)) {
    dispose();
    throw new RequestError(
      `merging would move a logit by ${largestLogitDifference.toExponential(2)}, more than the tolerance ${tolerance}; keep the adapter apart, or allow more`,
    );
  }
  return { model: merged, base, largestLogitDifference, dispose };
}

/** Logits [rows of the probe, classes] of one lane; the probe is of one lane. */
function laneLogits(model: Model, lane: number, probe: Batch): Float32Array {
  const { lanes } = model.arena;
  const { batch, made } = repeatedInputs(probe, lanes);
  const logits = model.logits(batch);
  const all = logits.dataSync() as Float32Array;
  release(logits, made);
  const size = all.length / lanes;
  return all.slice(lane * size, (lane + 1) * size);
}

/** The base with the merged kernels, tables and vectors of one lane in the places of the adapted ones. Dispose it before the base. */
export function mergedBase({ base, adapters, arena, strength }: Model, lane: number): Base {
  if (!Number.isInteger(lane) || lane < 0 || lane >= arena.lanes)
    throw new RequestError(`there is no lane ${lane} to merge; the model has ${arena.lanes}, counted from 0`);
  const { architecture } = base;
  const embedding = architecture.tied ? architecture.names.embedding : null;
  const { head } = architecture.names;
  const asRows = new Set(base.sites.filter(({ held }) => held === 'rows').map(({ name }) => name));
  const kernels = new Map<string, Frozen>();
  const tables = new Map<string, FrozenTable>();
  const vectors = new Map<string, Float32Array>();
  let unties = false;
  for (const { site, update, rescale, merged } of adapters) {
    const { name, kind, shape } = site;
    const kernel = merged(lane);
    const values = kernel.dataSync() as Float32Array;
    release(kernel);
    const bias = `${name}.bias`;
    if (kind === 'vector') vectors.set(name, values);
    else if (kind === 'embedding') tables.set(name, float32Table(values, shape));
    else kernels.set(name, float32Kernel(values, shape));
    if (rescale.side === 'output' && rescale.withBias && base.weights.has(bias))
      vectors.set(bias, scaledBias(vectors.get(bias) ?? base.weights.vector(bias), rescale, lane, strength));
    if (asRows.has(name)) tables.set(name, float32Table(transposed(values, ...shape), [shape[1], shape[0]]));
    if (name !== embedding) continue;
    if (update.replaces) kernels.set(head, float32Kernel(transposed(values, ...shape), [shape[1], shape[0]]));
    else unties = true;
  }
  const shared = base.weights;
  const weights: Weights = {
    kernel: (name) => kernels.get(name) ?? shared.kernel(name),
    table: (name) => tables.get(name) ?? shared.table(unties && name === head ? embedding! : name),
    vector: (name) => vectors.get(name) ?? shared.vector(name),
    has: shared.has,
  };
  const merged = { ...base, weights, bytes: base.bytes + bytesAdded(base, kernels, unties) };
  const dispose = (): void => [...kernels.values(), ...tables.values()].forEach((made) => made.dispose());
  if (!unties) return { ...merged, dispose };
  const config = untied(base.config);
  const apart = textArchitecture(architectureOf(config));
  const parameters = base.parameters + apart.vocabulary * apart.width;
  return { ...merged, config, architecture: apart, sites: sitesOf(apart), parameters, dispose };
}

/** b ∘ (1 + s (f − 1)): a bias under the factors that its site's outputs get. */
function scaledBias(bias: Float32Array, rescale: Rescale, lane: number, strength: number): Float32Array {
  const factors = rescale.factors(lane);
  const values = factors.dataSync();
  release(factors);
  return bias.map((value, i) => value * (1 + strength * (values[i] - 1)));
}

/** What unpacked kernels and an untied head take beyond the base. */
function bytesAdded({ weights, architecture }: Base, kernels: ReadonlyMap<string, Frozen>, unties: boolean): number {
  const unpacked = [...kernels].filter(([name]) => name !== architecture.names.head);
  const grown = unpacked.reduce((sum, [name, kernel]) => sum + kernel.bytes - weights.kernel(name).bytes, 0);
  if (!unties) return grown;
  const { vocabulary, width } = textArchitecture(architecture);
  return grown + 4 * vocabulary * width;
}
