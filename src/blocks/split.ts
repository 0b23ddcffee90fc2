/** The outputs of a fused projection, taken apart:   [rows, Σ widths] -> one [rows, width] each.     dx joins them again. */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { type Block, block } from './block.ts';

export function split(widths: readonly number[]): Block<Tensor2D[], Tensor2D[]> {
  return block({
    trains: false,
    forward: ([x]: Tensor2D[]) => ({ y: tf.split(x, [...widths], 1) as Tensor2D[], saved: null }),
    backward: (dys, _saved, wantsInput) => (wantsInput ? [tf.concat(dys, 1) as Tensor2D] : null),
  });
}
