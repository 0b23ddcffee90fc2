/**
 * How the outputs of a fused projection lie in its checkpoint: part after part (all queries, all keys, all values), or the parts of
 * each head together, (heads, parts, width), as in GPT-NeoX. Parts are ranges of outputs that lie part after part.
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';

export interface Arrangement {
  /** Columns as the checkpoint has them -> part after part. */
  apart(x: Tensor2D): Tensor2D;
  /** And back. */
  together(x: Tensor2D): Tensor2D;
}

export const partAfterPart: Arrangement = { apart: (x) => x, together: (x) => x };

export function headByHead(heads: number, parts: number): Arrangement {
  const exchanged = (x: Tensor2D, first: number, second: number): Tensor2D => {
    const [rows, outputs] = x.shape;
    const axes = tf.reshape(x, [rows, first, second, outputs / first / second]);
    return tf.reshape(tf.transpose(axes, [0, 2, 1, 3]), [rows, outputs]);
  };
  return { apart: (x) => exchanged(x, heads, parts), together: (x) => exchanged(x, parts, heads) };
}
