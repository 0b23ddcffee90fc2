/**
 * The end of a network: output layer and loss as one block. Most often   P = softmax(x W + b),   loss = −Σ wᵢ log P[i, tᵢ] per lane.
 *
 * A frozen layer:   dx = w ∘ (P Wᵀ − Wᵀ[t]): no one-hot, no logarithm of a matrix, no gradient of the logits.
 * A layer that trains is given the gradient of its logits and does the rest itself.
 */
import tf, { type Tensor1D, type Tensor2D } from '@tensorflow/tfjs';
import { release, scoped } from '../tensor/engine.ts';
import type { Frozen, FrozenTable } from '../tensor/frozen.ts';
import type { Saved } from '../tensor/step.ts';
import type { Batch } from './batch.ts';
import type { Pass } from './block.ts';
import type { LinearMap } from './linearMap.ts';
import { crossEntropy, type Kept, logProbability, type Loss } from './losses.ts';
import type { Vector } from './vector.ts';

export interface Head {
  readonly trains: boolean;
  /** [rows, classes]; a row is a token, or a whole sequence. */
  logits(x: Tensor2D, batch: Batch, pass: Pass): Tensor2D;
  /** What an evaluation asks for, without [rows, vocabulary] leaving the device. `index`: [n, 2], pairs of row and token. */
  score(x: Tensor2D, index: Tensor2D, batch: Batch, pass: Pass): Score;
  /** One row a sequence, as it comes before the output layer; null where a network makes none. */
  pooled(x: Tensor2D, batch: Batch, pass: Pass): Tensor2D | null;
  /** Loss of each lane [lanes], times the batch's share. */
  forward(x: Tensor2D, batch: Batch, pass: Pass): { y: Tensor1D; saved: Saved };
  /** dx for a gradient of one in every lane's loss. */
  backward(batch: Batch, saved: Saved, wantsInput: boolean): Tensor2D | null;
}

/** The caller's. */
export interface Score {
  /** log P[row, token] in nats of each pair asked for, [n]. */
  readonly logProbability: Tensor1D;
  /** The likeliest token of each row, [rows]. */
  readonly likeliest: Tensor1D;
}

function scoreOf(logits: Tensor2D, index: Tensor2D): Score {
  return {
    logProbability: logProbability(tf.softmax(logits), index),
    likeliest: tf.argMax(logits, 1),
  };
}

/** `rowsOf`: Wᵀ as a table [vocabulary, width]; for a tied head, the embedding itself. */
export function frozenHead(kernel: Frozen, rowsOf: FrozenTable, bias: Vector | null = null): Head {
  const logitsOf = (x: Tensor2D): Tensor2D => {
    const y = kernel.times(x);
    return bias ? tf.add(y, bias.value) : y;
  };
  return {
    trains: false,
    logits: scoped((x: Tensor2D) => logitsOf(x)),
    score: scoped((x: Tensor2D, index: Tensor2D) => scoreOf(logitsOf(x), index)),
    pooled: () => null,
    forward: scoped((x: Tensor2D, batch: Batch, pass: Pass) => {
      const { y, kept } = crossEntropy.forward(logitsOf(x), batch);
      return { y, saved: pass.saves ? kept : null };
    }),
    backward(batch, saved, wantsInput) {
      const { gradient, p } = saved as Kept;
      const dx = scoped(() => {
        if (!wantsInput) return null;
        if (gradient) return kernel.back(gradient);
        return tf.mul(tf.sub(kernel.back(p!), rowsOf.rows(batch.targets)), batch.weight) as Tensor2D;
      })();
      release(saved);
      return dx;
    },
  };
}

/** A head whose output layer is a map of its own, trained or not. */
export function trainedHead(map: LinearMap, loss: Loss = crossEntropy): Head {
  const evaluated = (x: Tensor2D, pass: Pass): Tensor2D => map.forward(x, { ...pass, saves: false }).y;
  return {
    trains: map.trains,
    logits: scoped((x: Tensor2D, _batch: Batch, pass: Pass) => evaluated(x, pass)),
    score: scoped((x: Tensor2D, index: Tensor2D, _batch: Batch, pass: Pass) => scoreOf(evaluated(x, pass), index)),
    pooled: () => null,
    forward: scoped((x: Tensor2D, batch: Batch, pass: Pass) => {
      const logits = map.forward(x, { ...pass, saves: pass.saves && (map.trains || pass.wantsInput) });
      const { y, kept } = loss.forward(logits.y, batch);
      return { y, saved: pass.saves ? { kept, map: logits.saved } : null };
    }),
    backward(batch, saved, wantsInput) {
      const { kept, map: inner } = saved as { kept: Kept; map: Saved };
      const dx = scoped(() =>
        map.trains || wantsInput ? map.backward(loss.backward(kept, batch), inner, wantsInput) : null,
      )();
      release(kept);
      return dx;
    },
  };
}
