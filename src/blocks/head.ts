/**
 * Output layer and cross-entropy as one block:   P = softmax(x W),   loss = −Σ wᵢ log P[i, tᵢ] per lane.
 *
 * A frozen layer:   dx = w ∘ (P Wᵀ − Wᵀ[t]): no one-hot, no logarithm of a matrix, no gradient of the logits.
 * A layer that trains is given dlogits = w ∘ (P − onehot(t)) and does the rest itself.
 */
import tf, { type Tensor1D, type Tensor2D } from '@tensorflow/tfjs';
import { release, scalar, scoped } from '../tensor/engine.ts';
import type { Frozen, FrozenTable } from '../tensor/frozen.ts';
import type { Saved } from '../tensor/step.ts';
import type { Pass } from './block.ts';
import type { LinearMap } from './linearMap.ts';
import type { TokenBatch } from './tokenBatch.ts';

export interface Head {
  readonly trains: boolean;
  /** [rows, vocabulary] */
  logits(x: Tensor2D, pass: Pass): Tensor2D;
  /** What an evaluation asks for, without [rows, vocabulary] leaving the device. `index`: [n, 2], pairs of row and token. */
  score(x: Tensor2D, index: Tensor2D, pass: Pass): Score;
  /** Loss of each lane [lanes], times the batch's share. */
  forward(x: Tensor2D, batch: TokenBatch, pass: Pass): { y: Tensor1D; saved: Saved };
  /** dx for a gradient of one in every lane's loss. */
  backward(batch: TokenBatch, saved: Saved, wantsInput: boolean): Tensor2D | null;
}

/** The caller's. */
export interface Score {
  /** log P[row, token] in nats of each pair asked for, [n]. */
  readonly logProbability: Tensor1D;
  /** The likeliest token of each row, [rows]. */
  readonly likeliest: Tensor1D;
}

/** log P at pairs of row and token. A probability below 1e-37 (85 nats) counts as that: float32 has nothing below. */
function logProbability(p: Tensor2D, index: Tensor2D): Tensor1D {
  return tf.log(tf.maximum(tf.gatherND(p, index), scalar(1e-37)));
}

/** −Σ w log P[i, tᵢ] per lane. */
function crossEntropy(p: Tensor2D, { targetIndex, weight, lanes }: TokenBatch): Tensor1D {
  const logP = logProbability(p, targetIndex);
  const weighted = tf.mul(tf.reshape(logP, [lanes, -1]), tf.reshape(weight, [lanes, -1]));
  return tf.neg(tf.sum(weighted, 1));
}

function scoreOf(logits: Tensor2D, index: Tensor2D): Score {
  return {
    logProbability: logProbability(tf.softmax(logits), index),
    likeliest: tf.argMax(logits, 1),
  };
}

/** `rowsOf`: Wᵀ as a table [vocabulary, width]; for a tied head, the embedding itself. */
export function frozenHead(kernel: Frozen, rowsOf: FrozenTable): Head {
  return {
    trains: false,
    logits: scoped((x: Tensor2D) => kernel.times(x)),
    score: scoped((x: Tensor2D, index: Tensor2D) => scoreOf(kernel.times(x), index)),
    forward: scoped((x: Tensor2D, batch: TokenBatch, pass: Pass) => {
      const p = tf.softmax(kernel.times(x)) as Tensor2D;
      return { y: crossEntropy(p, batch), saved: pass.saves ? p : null };
    }),
    backward(batch, saved, wantsInput) {
      const dx = scoped(() =>
        wantsInput
          ? (tf.mul(tf.sub(kernel.back(saved as Tensor2D), rowsOf.rows(batch.targets)), batch.weight) as Tensor2D)
          : null,
      )();
      release(saved);
      return dx;
    },
  };
}

export function trainedHead(map: LinearMap): Head {
  return {
    trains: true,
    logits: scoped((x: Tensor2D, pass: Pass) => map.forward(x, { ...pass, saves: false }).y),
    score: scoped((x: Tensor2D, index: Tensor2D, pass: Pass) =>
      scoreOf(map.forward(x, { ...pass, saves: false }).y, index),
    ),
    forward: scoped((x: Tensor2D, batch: TokenBatch, pass: Pass) => {
      const logits = map.forward(x, pass);
      const p = tf.softmax(logits.y) as Tensor2D;
      return { y: crossEntropy(p, batch), saved: pass.saves ? { p, map: logits.saved } : null };
    }),
    backward(batch, saved, wantsInput) {
      const { p, map: inner } = saved as { p: Tensor2D; map: Saved };
      const dx = scoped(() => {
        const oneHot = tf.oneHot(batch.targets.device, p.shape[1]).toFloat();
        return map.backward(tf.mul(tf.sub(p, oneHot), batch.weight), inner, wantsInput);
      })();
      release(p);
      return dx;
    },
  };
}
