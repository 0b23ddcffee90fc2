import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { scoped } from '../tensor/engine.ts';
import { cut } from '../tensor/product.ts';

/** What comes of the last row of each sequence, [sequences, width]. */
export const lastRows = (sequences: number, f: (rows: Tensor2D) => Tensor2D): ((x: Tensor2D) => Tensor2D) =>
  scoped((x: Tensor2D) => {
    const [rows, width] = x.shape;
    if (rows === sequences) return f(x);
    if (sequences === 1) return f(cut(x, (rows - 1) * width, [1, width]) as Tensor2D);
    const length = rows / sequences;
    const last = tf.slice(tf.reshape(x, [sequences, length, width]), [0, length - 1, 0], [sequences, 1, width]);
    return f(tf.reshape(last, [sequences, width]));
  });
