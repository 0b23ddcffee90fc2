/**
 * Merging: the change of every adapter goes into its kernel,   W′ = W + s (rescaled(W + ΔW) − W),   s the model's strength, and the
 * network is then a plain one: the same blocks and as many engine calls as the base. A bias that a rescale takes in is scaled too,
 * and takes what an update adds to every output.
 *
 * The adapted network and its base are never edited, so that unmerging is dropping the merged network: not one bit has to be restored.
 *
 * - A base in NF4: W is what the codes stand for, as in training, and W′ is float32. It is not rounded again, which would cost as
 *   much as the first rounding; kernels without adapter stay packed.
 * - An embedding that shares its table with the head: an update beside the table changed the embedding alone, so the head is untied
 *   and keeps the base's numbers; a table that was trained whole was trained in both, and stays shared.
 */
import tf, { type Tensor } from '@tensorflow/tfjs';
import type { Rescale, Update } from '../adapters/types.ts';
import type { Batch } from '../blocks/batch.ts';
import { repeatedInputs } from '../blocks/repeatedInputs.ts';
import { RequestError } from '../errors.ts';
import type { Weights } from '../families/weights.ts';
import { sharedName } from '../families/untied.ts';
import { release, scoped } from '../tensor/engine.ts';
import { type Frozen, type FrozenTable, heldKernel, heldTable, turnedTable } from '../tensor/frozen.ts';
import type { Base } from './base.ts';
import { createModel, type Model } from './model.ts';
import { untiedBase } from './untiedBase.ts';

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
  const homeless = adapters.find(({ site, update }) => update.shift && !base.weights.has(`${site.name}.bias`));
  if (homeless)
    throw new RequestError(
      `${homeless.site.name} cannot be merged: its update has a bias of its own, and the base has none there that could take it in`,
    );
  const { architecture } = base;
  const embedding = architecture.tied ? architecture.names.embedding : null;
  const { head } = architecture.names;
  const asRows = new Set(base.sites.filter(({ held }) => held === 'rows').map(({ name }) => name));
  const kernels = new Map<string, Frozen>();
  const tables = new Map<string, FrozenTable>();
  const vectors = new Map<string, Float32Array>();
  let unties = false;
  for (const { site, update, rescale, merged } of adapters) {
    const { name, kind } = site;
    const kernel = merged(lane);
    const bias = `${name}.bias`;
    if (kind === 'vector') vectors.set(name, kernel.dataSync().slice() as Float32Array);
    else if (kind === 'embedding') tables.set(name, heldTable(kernel));
    else if (asRows.has(name)) tables.set(name, heldTable(scoped(() => tf.transpose(kernel))()));
    else kernels.set(name, heldKernel(kernel));
    if (kind === 'vector' || asRows.has(name)) release(kernel);
    if (asRows.has(name)) kernels.set(name, turnedTable(tables.get(name)!));
    const changesBias = update.shift || (rescale.side === 'output' && rescale.withBias);
    if (changesBias && base.weights.has(bias))
      vectors.set(bias, mergedBias(vectors.get(bias) ?? base.weights.vector(bias), update, rescale, lane, strength));
    if (name !== embedding) continue;
    if (update.replaces) kernels.set(head, turnedTable(tables.get(name)!));
    else unties = true;
  }
  const shared = unties ? untiedBase(base) : base;
  const nameOf = sharedName(base.architecture, shared.architecture);
  const weights: Weights = {
    kernel: (name) => kernels.get(name) ?? shared.weights.kernel(name),
    table: (name) => tables.get(name) ?? shared.weights.table(name),
    vector: (name) => vectors.get(nameOf(name)) ?? shared.weights.vector(name),
    has: shared.weights.has,
  };
  return {
    ...shared,
    weights,
    bytes: shared.bytes + bytesUnpacked(base, kernels),
    dispose: () => [...kernels.values(), ...tables.values()].forEach((made) => made.dispose()),
  };
}

/** b + s (f ∘ u + (f − 1) ∘ b), f the factors of the output, u what the update adds; without b in brackets where f passes it by. */
function mergedBias(
  bias: Float32Array,
  { shift }: Update,
  rescale: Rescale,
  lane: number,
  strength: number,
): Float32Array {
  const read = (made: Tensor | null): ArrayLike<number> | null => made && (made.dataSync() as Float32Array);
  const made = [rescale.side === 'output' ? rescale.factors(lane) : null, shift ? shift(lane) : null];
  const [f, u] = made.map(read);
  const merged = bias.map((b, i) => {
    const factor = f?.[i] ?? 1;
    return b + strength * (factor * (u?.[i] ?? 0) + (rescale.withBias ? (factor - 1) * b : 0));
  });
  release(made);
  return merged;
}

/** What unpacked kernels take beyond packed ones. */
function bytesUnpacked({ weights, architecture }: Base, kernels: ReadonlyMap<string, Frozen>): number {
  const unpacked = [...kernels].filter(([name]) => name !== architecture.names.head);
  return unpacked.reduce((sum, [name, kernel]) => sum + kernel.bytes - weights.kernel(name).bytes, 0);
}
