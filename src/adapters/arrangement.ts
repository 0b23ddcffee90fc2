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
  /** The checkpoint's column of each of so many outputs, laid part after part. */
  columns(outputs: number): readonly number[];
}

export const partAfterPart: Arrangement = {
  apart: (x) => x,
  together: (x) => x,
  columns: (outputs) => Array.from({ length: outputs }, (_, j) => j),
};

export function headByHead(heads: number, parts: number): Arrangement {
  const exchanged = (x: Tensor2D, first: number, second: number): Tensor2D => {
    const [rows, outputs] = x.shape;
    const axes = tf.reshape(x, [rows, first, second, outputs / first / second]);
    return tf.reshape(tf.transpose(axes, [0, 2, 1, 3]), [rows, outputs]);
  };
  return {
    apart: (x) => exchanged(x, heads, parts),
    together: (x) => exchanged(x, parts, heads),
    columns(outputs) {
      const width = outputs / heads / parts;
      return Array.from({ length: outputs }, (_, j) => {
        const [part, head] = [Math.floor(j / width / heads), Math.floor(j / width) % heads];
        return (head * parts + part) * width + (j % width);
      });
    },
  };
}
