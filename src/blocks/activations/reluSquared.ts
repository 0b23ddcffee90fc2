/** Squared ReLU ("relu2"), arXiv:2109.08668:   y = r²,   r = max(x, 0).     f′ = 2 r. */
import tf from '@tensorflow/tfjs';
import { scalar } from '../../tensor/engine.ts';
import type { Activation } from './activation.ts';

export const reluSquared: Activation = {
  forward(x) {
    const r = tf.relu(x);
    return { y: tf.square(r), saved: { r } };
  },
  slope: ({ r }) => tf.mul(r!, scalar(2)),
};
