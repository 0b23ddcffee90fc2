/** What an image network reads: the pixels as they are. */
import tf, { type Tensor4D } from '@tensorflow/tfjs';
import { type Block, block } from './block.ts';
import type { ImageBatch } from './imageBatch.ts';

export const pixels = (): Block<ImageBatch, Tensor4D> =>
  block({
    trains: false,
    forward: ({ pixels: x }: ImageBatch) => ({ y: tf.clone(x), saved: null }),
    backward: () => null,
  });
