/** No function at all:   y = x.     f′ = 1. */
import tf from '@tensorflow/tfjs';
import type { Activation } from './activation.ts';

export const linear: Activation = {
  forward: (x) => ({ y: tf.clone(x), saved: { x } }),
  slope: ({ x }) => tf.onesLike(x!),
};
