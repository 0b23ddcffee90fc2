/** Convolutions against TensorFlow.js's own, which has a gradient on the cpu engine. */
import tf, { type Tensor, type Tensor4D } from '@tensorflow/tfjs';
import { conv2d, type ConvShape } from '../../src/blocks/conv2d.ts';
import { frozenMap } from '../../src/blocks/linearMap.ts';
import { meanPixels } from '../../src/blocks/meanPixels.ts';
import { describeBlock, lane } from './blockContract.ts';
import { kernelOf, vectorOf } from './parts.ts';

const channels = 2;
const outputs = 3;

/** [channels · kernel height · kernel width, out], as a checkpoint's kernel lies, to TensorFlow.js's [height, width, channels, out]. */
const asFilter = (w: Tensor, [height, width]: readonly number[]): Tensor4D =>
  tf.transpose(tf.reshape(w, [channels, height!, width!, outputs]), [1, 2, 0, 3]);

const shapes: readonly (readonly [string, readonly [number, number], ConvShape])[] = [
  ['3 × 3 with padding', [4, 5], { kernel: [3, 3], stride: [1, 1], padding: [1, 1] }],
  ['3 × 3 with padding, on an image of another size', [3, 7], { kernel: [3, 3], stride: [1, 1], padding: [1, 1] }],
  // the first again but for one thing each
  ['3 × 3 without padding', [4, 5], { kernel: [3, 3], stride: [1, 1], padding: [0, 0] }],
  ['3 × 3 with padding, in steps of 2', [4, 5], { kernel: [3, 3], stride: [2, 2], padding: [1, 1] }],
  ['1 × 1 with padding', [4, 5], { kernel: [1, 1], stride: [1, 1], padding: [1, 1] }],
  ['3 × 3 in steps of 2', [5, 4], { kernel: [3, 3], stride: [2, 2], padding: [1, 1] }],
  ['1 × 1', [3, 3], { kernel: [1, 1], stride: [1, 1], padding: [0, 0] }],
  ['2 × 3 without padding, rows skipped', [6, 4], { kernel: [2, 3], stride: [3, 1], padding: [0, 0] }],
  ['wide padding of the columns alone', [3, 2], { kernel: [3, 3], stride: [1, 2], padding: [1, 2] }],
];

for (const [what, [height, width], shape] of shapes) {
  const { kernel, stride, padding } = shape;
  describeBlock(`conv2d, ${what}`, {
    inputs: [[2, height, width, channels]],
    trained: { bias: [outputs] },
    make: (parts) =>
      conv2d(
        frozenMap(
          kernelOf(parts, 'kernel', [channels * kernel[0] * kernel[1], outputs]),
          vectorOf(parts, 'bias', outputs, true),
        ),
        shape,
      ),
    plain([x], { bias }, frozen) {
      const numbers = channels * kernel[0] * kernel[1];
      const filter = asFilter(tf.tensor2d(frozen('kernel', numbers * outputs), [numbers, outputs]), kernel);
      const padded = tf.pad(x!, [
        [0, 0],
        [padding[0], padding[0]],
        [padding[1], padding[1]],
        [0, 0],
      ]) as Tensor4D;
      // Windows of a patch in its own steps: the cpu engine has no gradient for steps that are not square.
      const rows = Math.floor((height + 2 * padding[0] - kernel[0]) / stride[0]) + 1;
      const columns = Math.floor((width + 2 * padding[1] - kernel[1]) / stride[1]) + 1;
      const at = (row: number, column: number): Tensor =>
        tf.conv2d(
          tf.slice(padded, [0, row * stride[0], column * stride[1], 0], [2, ...kernel, channels]) as Tensor4D,
          filter,
          1,
          'valid',
        );
      const grid = Array.from({ length: rows }, (_, row) =>
        tf.concat(
          Array.from({ length: columns }, (_i, column) => at(row, column)),
          2,
        ),
      );
      return tf.add(tf.concat(grid, 1), lane(bias!, 0));
    },
  });
}

describeBlock('mean over pixels', {
  inputs: [[2, 3, 4, channels]],
  make: () => meanPixels(),
  plain: ([x]) => tf.mean(x!, [1, 2]),
});
