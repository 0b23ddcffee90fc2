/**
 * Root-mean-square norm, arXiv:1910.07467:   y = n ∘ γ,   n = x ∘ r,   r = (mean(x²) + ε)^-½ per row.
 *
 * With h = dy ∘ γ:   dx = r ∘ (h − n · mean(h ∘ n)),   dγ = Σ dy ∘ n.
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { scalar } from '../tensor/engine.ts';
import { hasKernels, kernel } from '../tensor/kernels.ts';
import { laneScale } from '../tensor/laneMatMul.ts';
import { type Block, block, either } from './block.ts';
import type { Vector } from './vector.ts';

export const rmsNorm = (gain: Vector, epsilon: number): Block =>
  either(hasKernels, byKernel(gain, epsilon), byOperations(gain, epsilon));

function byOperations(gain: Vector, epsilon: number): Block {
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

/** Keeps x, which what comes before often has too, and not n. */
function byKernel(gain: Vector, epsilon: number): Block {
  const forward = kernel('RmsNorm', 2, { numbers: { epsilon } });
  const backward = kernel('RmsNormGradient', 1);
  return block({
    trains: gain.trains,
    forward(x: Tensor2D) {
      const [y, r] = forward(x, gain.value) as [Tensor2D, Tensor];
      return { y, saved: { x: tf.clone(x), r } };
    },
    backward(dy, { x, r }, wantsInput) {
      if (gain.trains) gain.accumulateRows(tf.mul(dy, tf.mul(x, tf.reshape(r, [-1, 1]))));
      return wantsInput ? (backward(dy, x, gain.value, r)[0] as Tensor2D) : null;
    },
  });
}
