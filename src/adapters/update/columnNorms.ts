/** Norms of the columns (one per output) of W + ΔW, which DoRA divides by. */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import type { Arena } from '../../tensor/arena.ts';
import { scoped } from '../../tensor/engine.ts';
import { lowRankNorms } from '../../tensor/lowRankNorms.ts';
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

/** Of W + s A B (lowRankNorms.ts), A [in, r] and B [r, out], or both with lanes in front. ‖w_j‖² is computed once; the arena has it. */
export function columnNormsOf(site: Site, arena: Arena, scale: number): (down: Tensor, up: Tensor) => Tensor {
  const norms = lowRankNorms(scale);
  let squares: Tensor | null = null;
  return (down, up) => {
    squares ??= arena.own(site.use((kernel) => tf.sum(tf.square(kernel), 0)));
    const turned = tf.transpose(down, down.rank === 3 ? [0, 2, 1] : [1, 0]);
    const rows = tf.reshape(turned, [-1, site.shape[0]]) as Tensor2D;
    return norms(squares, site.times?.(rows) ?? site.use((kernel) => product(rows, kernel)), down, up);
  };
}
