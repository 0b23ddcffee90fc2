/**
 * Norms of the columns of W + s A B, per lane, from products of rank r alone:
 *
 *   ‖w_j + s (AB)_j‖² = ‖w_j‖² + Σ_r B_rj (2 s (AᵀW)_rj + s² ((AᵀA) B)_rj).
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { scalar } from './engine.ts';
import { hasKernels, kernel } from './kernels.ts';

/** ‖w_j‖² [out], AᵀW [lanes · r, out], A [in, r] or [lanes, in, r], B likewise -> [out] or [lanes, 1, out]. */
export type LowRankNorms = (squares: Tensor, times: Tensor2D, down: Tensor, up: Tensor) => Tensor;

export function lowRankNorms(scale: number): LowRankNorms {
  const byKernel = kernel('LowRankNorms', 1, { numbers: { scale } });
  const operations = byOperations(scale);
  return (...given) => (hasKernels() ? byKernel(...given)[0]! : operations(...given));
}

function byOperations(scale: number): LowRankNorms {
  return (squares, times, down, up) => {
    const withKernel = tf.reshape(times, up.shape);
    const turned = tf.transpose(down, down.rank === 3 ? [0, 2, 1] : [1, 0]);
    const withItself = tf.matMul(tf.matMul(turned, down), up);
    const both = tf.add(tf.mul(withKernel, scalar(2 * scale)), tf.mul(withItself, scalar(scale * scale)));
    const cross = tf.sum(tf.mul(up, both), -2, up.rank === 3);
    return tf.sqrt(tf.relu(tf.add(squares, cross)));
  };
}
