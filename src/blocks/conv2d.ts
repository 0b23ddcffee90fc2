/**
 * Convolution as a linear map of patches:   y = patches(x) W + b,   W [channels · kernel height · kernel width, out], so that whatever
 * changes a linear map changes a convolution too. A LoRA's first factor is then a convolution of the same kernel into r channels, and
 * its second one of 1 × 1.
 *
 * x [images, height, width, channels]; what lies outside of an image is 0. Patches and their reverse are gathered: each number of an
 * image gets the sum of what its places in patches got. (wasm has no kernel for the gradient of a convolution.)
 */
import tf, { type Tensor, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs';
import { cached } from '../tensor/cached.ts';
import { type Block, block } from './block.ts';
import type { LinearMap } from './linearMap.ts';

export interface ConvShape {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  /** Rows of zeros above and below, columns of zeros left and right. */
  readonly padding: readonly [number, number];
}

export function conv2d(map: LinearMap, shape: ConvShape): Block<Tensor4D, Tensor4D> {
  return block({
    trains: map.trains,
    forward(x: Tensor4D, pass) {
      const size = [x.shape[1], x.shape[2], x.shape[3]] as const;
      const [height, width] = grid(size, shape);
      const { y, saved } = map.forward(patches(x, size, shape), pass);
      return { y: tf.reshape(y, [x.shape[0], height, width, y.shape[1]]) as Tensor4D, saved: { map: saved, size } };
    },
    backward(dy, { map: saved, size }, wantsInput) {
      const rows = dy.size / dy.shape[3];
      const d = map.backward(tf.reshape(dy, [rows, dy.shape[3]]) as Tensor2D, saved, wantsInput);
      return wantsInput ? folded(d!, dy.shape[0], size, shape) : null;
    },
  });
}

/** Height, width and channels of an image. */
type Size = readonly [height: number, width: number, channels: number];

/** Rows and columns of patches. */
function grid([height, width]: Size, { kernel, stride, padding }: ConvShape): [number, number] {
  const along = (size: number, axis: 0 | 1): number =>
    Math.floor((size + 2 * padding[axis] - kernel[axis]) / stride[axis]) + 1;
  return [along(height, 0), along(width, 1)];
}

/** [images · rows · columns, channels · kernel height · kernel width] */
function patches(x: Tensor4D, size: Size, shape: ConvShape): Tensor2D {
  const [images] = x.shape;
  const numbers = x.size / images;
  const withZero = tf.concat([tf.reshape(x, [images, numbers]), tf.zeros([images, 1])], 1);
  const places = cached(`patches/${size.join()}/${keyOf(shape)}`, () => tf.tensor1d(placesOf(size, shape), 'int32'));
  return tf.reshape(tf.gather(withZero, places as tf.Tensor1D, 1), [-1, size[2] * shape.kernel[0] * shape.kernel[1]]);
}

/** The sum over all places where a number of an image stands in patches. */
function folded(d: Tensor2D, images: number, size: Size, shape: ConvShape): Tensor4D {
  const perImage = d.size / images;
  const withZero = tf.concat([tf.reshape(d, [images, perImage]), tf.zeros([images, 1])], 1);
  const [height, width, channels] = size;
  const most = shape.kernel[0] * shape.kernel[1];
  const occurrences = cached(`occurrences/${size.join()}/${keyOf(shape)}`, () =>
    tf.tensor1d(occurrencesOf(placesOf(size, shape), height * width * channels, most), 'int32'),
  );
  const gathered: Tensor = tf.reshape(tf.gather(withZero, occurrences as tf.Tensor1D, 1), [-1, most]);
  return tf.reshape(tf.sum(gathered, 1), [images, height, width, channels]) as Tensor4D;
}

const keyOf = ({ kernel, stride, padding }: ConvShape): string => [kernel, stride, padding].flat().join();

/** Where each number of the patches of an image stands in it; its number of numbers for those outside. */
function placesOf(size: Size, shape: ConvShape): Int32Array {
  const [height, width, channels] = size;
  const { kernel, stride, padding } = shape;
  const [rows, columns] = grid(size, shape);
  const places: number[] = [];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      for (let channel = 0; channel < channels; channel++)
        for (let i = 0; i < kernel[0]; i++)
          for (let j = 0; j < kernel[1]; j++) {
            const y = row * stride[0] + i - padding[0];
            const x = column * stride[1] + j - padding[1];
            const inside = y >= 0 && y < height && x >= 0 && x < width;
            places.push(inside ? (y * width + x) * channels + channel : height * width * channels);
          }
  return Int32Array.from(places);
}

/** The reverse: the places in patches of each number of an image, `most` each, filled up with the place of a zero. */
function occurrencesOf(places: Int32Array, numbers: number, most: number): Int32Array {
  const found = new Int32Array(numbers * most).fill(places.length);
  const counts = new Int32Array(numbers);
  places.forEach((number, at) => {
    if (number < numbers) found[number * most + counts[number]!++] = at;
  });
  return found;
}
