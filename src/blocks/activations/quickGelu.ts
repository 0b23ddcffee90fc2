/** GELU by sigmoid ("quick_gelu"), arXiv:1606.08415:   y = x σ,   σ = σ(1.702 x).     f′ = σ + 1.702 y (1 − σ). */
import tf from '@tensorflow/tfjs';
import { scalar } from '../../tensor/engine.ts';
import type { Activation } from './activation.ts';

const steepness = 1.702;

export const quickGelu: Activation = {
  forward(x) {
    const sigma = tf.sigmoid(tf.mul(x, scalar(steepness)));
    const y = tf.mul(x, sigma);
    return { y, saved: { sigma, y } };
  },
  slope: ({ sigma, y }) => tf.add(sigma, tf.mul(tf.mul(y, scalar(steepness)), tf.sub(scalar(1), sigma))),
};
