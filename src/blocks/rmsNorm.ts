/**
 * Root-mean-square norm, arXiv:1910.07467:   y = x ∘ r ∘ γ,   r = (mean(x²) + ε)^-½ per row.
 *
 * With n = x ∘ r and h = dy ∘ γ:   dx = r ∘ (h − n · mean(h ∘ n)),   dγ = Σ dy ∘ n.
 * The mean over d features is a sum with d moved elsewhere (n√d, γ/√d, dε), which saves operations; here in n.
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { scalar } from '../tensor/engine.ts';
import { laneScale } from '../tensor/laneMatMul.ts';
import { type Block, block } from './block.ts';
import type { Vector } from './vector.ts';

export function rmsNorm(gain: Vector, epsilon: number): Block {
  const width = gain.size;
  return block({
    trains: gain.trains,
    forward(x: Tensor2D) {
      const square = tf.sum(tf.square(x), -1, true);
      const r = tf.rsqrt(tf.add(tf.mul(square, scalar(1 / width)), scalar(epsilon)));
      const n = tf.mul(x, r) as Tensor2D;
      return { y: laneScale(n, gain.value), saved: { n, r } };
    },
    backward(dy, { n, r }, wantsInput) {
      if (gain.trains) gain.accumulateRows(tf.mul(dy, n));
      if (!wantsInput) return null;
      const h = laneScale(dy, gain.value);
      const along = tf.mul(tf.sum(tf.mul(h, n), -1, true), scalar(1 / width));
      return tf.mul(tf.sub(h, tf.mul(n, along)), r);
    },
  });
}
