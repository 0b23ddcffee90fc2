/** SiLU (swish), arXiv:1702.03118:   y = x σ,   σ = σ(x).     f′ = σ + y (1 − σ). */
import tf from '@tensorflow/tfjs';
import { scalar } from '../../tensor/engine.ts';
import type { Activation } from './activation.ts';

export const silu: Activation = {
  forward(x) {
    const sigma = tf.sigmoid(x);
    const y = tf.mul(x, sigma);
    return { y, saved: { sigma, y } };
  },
  slope: ({ sigma, y }) => tf.add(sigma, tf.mul(y, tf.sub(scalar(1), sigma))),
};
