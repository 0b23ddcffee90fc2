/**
 * Norms of the columns (one per output) of V = W + ΔW, which DoRA divides by, and their gradient:
 *
 *   n_j = ‖v_j‖,   dv_j = v_j dn_j/n_j.
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import type { Arena } from '../../tensor/arena.ts';
import { scoped } from '../../tensor/engine.ts';
import { laneScale } from '../../tensor/laneMatMul.ts';
import { type LowRankNorms, lowRankNorms } from '../../tensor/lowRankNorms.ts';
import { product, timesTransposed } from '../../tensor/product.ts';
import { idsInput, idsOf } from '../../tensor/siteInput.ts';
import type { Site, Update } from '../types.ts';

/** From the matrix itself: V [in, out] or [lanes, in, out] -> [out] or [lanes, 1, out]. */
export function columnNorms(changed: Tensor): Tensor {
  return tf.sqrt(tf.sum(tf.square(changed), -2, changed.rank === 3));
}

/** dV, in the form of V. */
export const columnNormsBack = (changed: Tensor, dNorms: Tensor, norms: Tensor): Tensor =>
  tf.mul(changed, tf.div(dNorms, norms));

/** From ΔW of each lane [in, out], for updates that have nothing quicker: builds V. */
export function changedColumnNorms(site: Site, lanes: number, delta: Update['delta']): () => Tensor {
  return scoped(() => {
    const changed = changedKernels(site, lanes, delta);
    return columnNorms(lanes === 1 ? changed[0]! : tf.stack(changed));
  });
}

/** Their way back: dΔW = dV is what the update's own way back takes for inputs that are the rows of an identity, as Δ is linear. */
export function changedColumnNormsBack(
  site: Site,
  lanes: number,
  { forward, backward, delta }: Pick<Update, 'forward' | 'backward' | 'delta'>,
): Update['columnNormsBack'] {
  const [inputs] = site.shape;
  return scoped((dNorms: Tensor, norms: Tensor) => {
    const everyId = idsOf(Int32Array.from({ length: lanes * inputs }, (_, row) => row % inputs));
    const identity = idsInput(everyId, inputs);
    const rows = tf.concat(changedKernels(site, lanes, delta), 0);
    backward(laneScale(rows, tf.div(dNorms, norms)), identity, forward(identity).saved, false);
  });
}

const changedKernels = (site: Site, lanes: number, delta: Update['delta']): Tensor2D[] =>
  Array.from({ length: lanes }, (_, lane) => site.use((kernel) => tf.add(kernel, delta(lane))));

/** Of W + s A B (lowRankNorms.ts), A [in, r] and B [r, out], or both with lanes in front. ‖w_j‖² is computed once; the arena has it. */
export function columnNormsOf(site: Site, arena: Arena, scale: number): LowRankNorms {
  const times = (x: Tensor2D): Tensor2D => site.times?.(x) ?? site.use((kernel) => product(x, kernel));
  const back = (dy: Tensor2D): Tensor2D => site.back?.(dy) ?? site.use((kernel) => timesTransposed(dy, kernel));
  let squares: Tensor | null = null;
  return lowRankNorms(scale, {
    squares: () => (squares ??= arena.own(site.use((kernel) => tf.sum(tf.square(kernel), 0)))),
    times,
    back,
  });
}
