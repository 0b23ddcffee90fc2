/**
 * Merging: the change of every adapter goes into its kernel, and the network is then a plain one, as fast as the base. The adapted
 * base stays as it is, so unmerging is dropping the merged network.
 *
 * An embedding that shares its table with the head is untied: the head keeps the base's table, unless it was trained together with
 * the embedding. NF4 kernels are merged in float32, not rounded again.
 */
import { RequestError } from '../errors.ts';
import type { Rescale } from '../adapters/types.ts';
import type { TokenBatch } from '../blocks/tokenBatch.ts';
import type { Weights } from '../families/decoder.ts';
import { type Frozen, float32Kernel, float32Table, type FrozenTable } from '../tensor/frozen.ts';
import { release } from '../tensor/engine.ts';
import { idsOf } from '../tensor/siteInput.ts';
import { transposed } from '../tensor/transposed.ts';
import type { Base } from './base.ts';
import { createModel, type Model } from './model.ts';

export interface Merged {
  /** A network without adapters. */
  readonly model: Model;
  /** Largest difference of any logit on the probe between the adapted and the merged network. */
  readonly largestLogitDifference: number;
  dispose(): void;
}

/** Merges one lane. Refuses (RequestError) when a logit of the probe moves by more than the tolerance. */
export function mergeAdapters(model: Model, lane: number, probe: TokenBatch, tolerance = 1e-3): Merged {
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
  return { model: merged, largestLogitDifference, dispose };
}

/** Logits [rows of the probe, vocabulary] of one lane; the probe is of one lane. */
function laneLogits(model: Model, lane: number, probe: TokenBatch): Float32Array {
  const { lanes } = model.arena;
  const repeated = lanes === 1 ? probe : repeatedBatch(probe, lanes);
  const logits = model.logits(repeated);
  const all = logits.dataSync() as Float32Array;
  release(logits);
  const size = all.length / lanes;
  return all.slice(lane * size, (lane + 1) * size);
}

function repeatedBatch(probe: TokenBatch, lanes: number): TokenBatch {
  const rows = probe.ids.host.length;
  const host = Int32Array.from({ length: lanes * rows }, (_, i) => probe.ids.host[i % rows]);
  return { ...probe, lanes, sequences: probe.sequences * lanes, ids: idsOf(host) };
}

/** The base with the merged kernels, tables and vectors of one lane in the places of the adapted ones. */
export function mergedBase({ base, adapters }: Model, lane: number): Base {
  const { names, tied } = base.architecture;
  const kernels = new Map<string, Frozen>();
  const tables = new Map<string, FrozenTable>();
  const vectors = new Map<string, Float32Array>();
  for (const adapter of adapters) {
    const { name, kind, shape } = adapter.site;
    const kernel = adapter.merged(lane);
    const values = kernel.dataSync() as Float32Array;
    release(kernel);
    if (kind === 'vector') vectors.set(name, values);
    else if (kind === 'linear') {
      kernels.set(name, float32Kernel(values, shape));
      const bias = `${name}.bias`;
      if (adapter.rescale.side === 'output' && adapter.rescale.withBias && base.weights.has(bias))
        vectors.set(bias, timesFactors(vectors.get(bias) ?? base.weights.vector(bias), adapter.rescale, lane));
    } else {
      tables.set(name, float32Table(values, shape));
      if (tied && name === names.embedding && adapter.update.replaces)
        kernels.set(names.head, float32Kernel(transposed(values, shape[0], shape[1]), [shape[1], shape[0]]));
    }
  }
  const weights: Weights = {
    kernel: (name) => kernels.get(name) ?? base.weights.kernel(name),
    table: (name) => tables.get(name) ?? base.weights.table(name),
    vector: (name) => vectors.get(name) ?? base.weights.vector(name),
    has: base.weights.has,
  };
  return {
    ...base,
    weights,
    dispose: () => [...kernels.values(), ...tables.values()].forEach((made) => made.dispose()),
  };
}

/** A bias under the factors that its site's outputs get. */
function timesFactors(bias: Float32Array, rescale: Rescale, lane: number): Float32Array {
  const factors = rescale.factors(lane);
  const values = factors.dataSync();
  release(factors);
  return bias.map((value, i) => value * values[i]);
}
