/** y = σ(x).     f′ = y (1 − y). */
import tf from '@tensorflow/tfjs';
import { scalar } from '../../tensor/engine.ts';
import type { Activation } from './activation.ts';

export const sigmoid: Activation = {
  forward(x) {
    const y = tf.sigmoid(x);
    return { y, saved: { y } };
  },
  slope: ({ y }) => tf.mul(y!, tf.sub(scalar(1), y!)),
};
