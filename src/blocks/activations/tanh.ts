/** y = tanh x.     f′ = 1 − y². */
import tf from '@tensorflow/tfjs';
import { scalar } from '../../tensor/engine.ts';
import type { Activation } from './activation.ts';

export const tanh: Activation = {
  forward(x) {
    const y = tf.tanh(x);
    return { y, saved: { y } };
  },
  slope: ({ y }) => tf.sub(scalar(1), tf.square(y!)),
};
