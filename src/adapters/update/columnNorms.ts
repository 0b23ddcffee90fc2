/** Norms of the columns (one per output) of W + ΔW, which DoRA divides by. */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import type { Arena } from '../../tensor/arena.ts';
import { scalar, scoped } from '../../tensor/engine.ts';
import { product } from '../../tensor/product.ts';
import type { Site } from '../types.ts';

/** From the matrix itself: W + ΔW [in, out] or [lanes, in, out] -> [out] or [lanes, 1, out]. */
export function columnNorms(changed: Tensor): Tensor {
  return tf.sqrt(tf.sum(tf.square(changed), -2, changed.rank === 3));
}

/** From ΔW of each lane [in, out], for updates that have nothing quicker: builds W + ΔW. */
export function changedColumnNorms(site: Site, lanes: number, delta: (lane: number) => Tensor2D): () => Tensor {
  return scoped(() => {
    const changed = Array.from({ length: lanes }, (_, lane) => site.use((kernel) => tf.add(kernel, delta(lane))));
    return columnNorms(lanes === 1 ? changed[0] : tf.stack(changed));
  });
}

/**
 * Of W + s A B from r-wide products alone, no [in, out] matrix of the change is built:
 *
 *   ‖w_j + s (AB)_j‖² = ‖w_j‖² + Σ_r B_rj (2 s (AᵀW)_rj + s² ((AᵀA) B)_rj).
 *
 * A [in, r] and B [r, out], or both with lanes in front. ‖w_j‖² is computed once and belongs to the arena.
 */
export function columnNormsOf(site: Site, arena: Arena): (down: Tensor, up: Tensor, scale: number) => Tensor {
  const [inputs, outputs] = site.shape;
  let squares: Tensor | null = null;
  return (down, up, scale) => {
    squares ??= arena.own(site.use((kernel) => tf.sum(tf.square(kernel), 0)));
    const lanes = down.rank === 3 ? down.shape[0] : 1;
    const rank = up.shape.at(-2)!;
    const turned = tf.transpose(down, down.rank === 3 ? [0, 2, 1] : [1, 0]);
    const rows = tf.reshape(turned, [lanes * rank, inputs]) as Tensor2D;
    const times = site.times?.(rows) ?? site.use((kernel) => product(rows, kernel));
    const withKernel = tf.reshape(times, up.shape);
    const withItself = tf.matMul(tf.matMul(turned, down), up);
    const both = tf.add(tf.mul(withKernel, scalar(2 * scale)), tf.mul(withItself, scalar(scale * scale)));
    const cross = tf.sum(tf.mul(up, both), -2);
    const norms = tf.sqrt(tf.relu(tf.add(squares, cross)));
    return down.rank === 3 ? tf.reshape(norms, [lanes, 1, outputs]) : norms;
  };
}
