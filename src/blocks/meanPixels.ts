/** The mean over an image:   [images, height, width, channels] -> [images, channels].     dx = dy / pixels, at every pixel. */
import tf, { type Tensor, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs';
import { scalar } from '../tensor/engine.ts';
import { type Block, block } from './block.ts';

export function meanPixels(): Block<Tensor4D, Tensor2D> {
  return block({
    trains: false,
    forward(x: Tensor4D) {
      const [, height, width] = x.shape;
      const share = scalar(1 / (height * width));
      return { y: tf.mul(tf.sum(x, [1, 2]), share) as Tensor2D, saved: { height, width } };
    },
    backward(dy, { height, width }, wantsInput) {
      if (!wantsInput) return null;
      const [images, channels] = dy.shape;
      const each: Tensor = tf.reshape(tf.mul(dy, scalar(1 / (height * width))), [images, 1, 1, channels]);
      return tf.broadcastTo(each, [images, height, width, channels]) as Tensor4D;
    },
  });
}
