/** ReLU:   y = max(x, 0).     f′ = 1 where y > 0, else 0. */
import tf from '@tensorflow/tfjs';
import type { Activation } from './activation.ts';

export const relu: Activation = {
  forward(x) {
    const y = tf.relu(x);
    return { y, saved: { y } };
  },
  slope: ({ y }) => tf.step(y!),
};
