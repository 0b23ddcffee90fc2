/**
 * How far a model has moved from its base, in nats per token, each lane by itself, under teacher forcing and over the full vocabulary:
 *
 *   KL(base ‖ adapted) = 1/T Σₜ Σᵥ P(v | t) (log P(v | t) − log Q(v | t)),   P of the base, Q of the lane
 *
 * over the T tokens that a loss counts. P is what the base says in float32, without any adapter, also where the lane's own base is held
 * in fewer bits: what is lost by quantization is part of the distance. It is 0 where nothing was changed; what rounding leaves below
 * is 0 too.
 */
import { setImmediate } from 'node:timers/promises';
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { evaluationBatches } from '../data/batches.ts';
import { ignored, type Sequence } from '../data/encode.ts';
import { languageModel } from '../families/index.ts';
import { release } from '../tensor/engine.ts';
import { readOnce } from '../tensor/readOnce.ts';
import type { Model } from './model.ts';
import { type BetweenBatches, evaluationRows, repeated } from './sequenceScores.ts';

/** Numbers of logits in one batch of all lanes; a few arrays of that size are there at a time (64 MB each). */
const batchNumbers = 2 ** 24;

/**
 * One number a lane. `base`: a model of one lane with no adapter on it, of the same vocabulary; its logits are computed once a batch,
 * for all lanes. No more than a batch of them is held. Throws an Error where there is nothing to predict.
 */
export async function klToBase(
  model: Model,
  base: Model,
  sequences: readonly Sequence[],
  between: BetweenBatches = () => {},
): Promise<number[]> {
  const { lanes } = model.arena;
  const sums = new Float64Array(lanes);
  let tokens = 0;
  for (const { ids, labels, length, members } of evaluationBatches(sequences, { rows: rowsOf(model, sequences) })) {
    const nats = divergences(base, model, ids, length);
    for (let at = 0; at < ids.length; at++) {
      if (at % length === length - 1 || labels[at + 1] === ignored) continue;
      tokens++;
      for (let lane = 0; lane < lanes; lane++) sums[lane]! += nats[lane * ids.length + at]!;
    }
    between(members.reduce((sum, member) => sum + sequences[member]!.ids.length, 0));
    await setImmediate();
  }
  if (tokens === 0) throw new Error('KL to the base: no token is predicted in these sequences');
  return Array.from(sums, (sum) => Math.max(0, sum / tokens));
}

function rowsOf(model: Model, sequences: readonly Sequence[]): number {
  const { lanes } = model.arena;
  const { vocabulary } = languageModel(model.base.architecture);
  const longest = sequences.reduce((most, { ids }) => Math.max(most, ids.length), 1);
  return Math.max(
    1,
    Math.min(evaluationRows(sequences, lanes), Math.floor(batchNumbers / (lanes * longest * vocabulary))),
  );
}

/** Σᵥ P (log P − log Q) at every position of every lane, [lanes · positions]. */
function divergences(base: Model, model: Model, ids: Int32Array, length: number): Float32Array {
  const { lanes } = model.arena;
  const logitsOf = (of: Model): Tensor2D => {
    const all = repeated(ids, of.arena.lanes);
    const batch = of.batch({ ids: all, labels: all, length });
    const logits = of.logits(batch);
    release(batch);
    return logits;
  };
  const plain = logitsOf(base);
  const adapted = logitsOf(model);
  const nats = readOnce(() => {
    const logP = tf.logSoftmax(plain);
    const logQ = tf.reshape(tf.logSoftmax(adapted), [lanes, ...plain.shape]);
    return tf.sum(tf.mul(tf.exp(logP), tf.sub(logP, logQ)), -1);
  });
  release(plain, adapted);
  return nats;
}
