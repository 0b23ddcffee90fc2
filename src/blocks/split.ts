/**
 * The outputs of a fused projection, taken apart:   [rows, Σ widths] -> one [rows, width] each.     dx joins them again.
 *
 * They lie one block after the other (q, k, v), or head by head, (heads, 3, width), as in GPT-NeoX and BLOOM.
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { cut } from '../tensor/product.ts';
import { type Block, block } from './block.ts';

export function split(widths: readonly number[]): Block<Tensor2D, Tensor2D[]> {
  return block({
    trains: false,
    forward: (x: Tensor2D) => ({ y: tf.split(x, [...widths], 1) as Tensor2D[], saved: null }),
    backward: (dys, _saved, wantsInput) => (wantsInput ? (tf.concat(dys, 1) as Tensor2D) : null),
  });
}

/** [rows, heads · parts · width] -> parts of [rows, heads · width]. */
export function splitByHead(heads: number, parts: number): Block<Tensor2D, Tensor2D[]> {
  return block({
    trains: false,
    forward(x: Tensor2D) {
      const [rows, outputs] = x.shape;
      const width = outputs / heads / parts;
      const apart: Tensor = tf.transpose(tf.reshape(x, [rows, heads, parts, width]), [2, 0, 1, 3]);
      const size = rows * heads * width;
      const y = Array.from({ length: parts }, (_, i) => cut(apart, i * size, [rows, heads * width]) as Tensor2D);
      return { y, saved: null };
    },
    backward(dys, _saved, wantsInput) {
      if (!wantsInput) return null;
      const [rows, columns] = dys[0]!.shape;
      const apart: Tensor = tf.reshape(tf.concat(dys, 0), [parts, rows, heads, columns / heads]);
      return tf.reshape(tf.transpose(apart, [1, 2, 0, 3]), [rows, parts * columns]);
    },
  });
}
