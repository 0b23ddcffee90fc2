/** Leaky ReLU, torch's slope:   y = x where x > 0, else x/100.     f′ = 1 or 1/100. */
import tf from '@tensorflow/tfjs';
import { scalar } from '../../tensor/engine.ts';
import type { Activation } from './activation.ts';

const below = 0.01;

export const leakyRelu: Activation = {
  forward: (x) => ({ y: tf.leakyRelu(x, below), saved: { x } }),
  slope: ({ x }) => tf.add(tf.mul(tf.step(x!), scalar(1 - below)), scalar(below)),
};
