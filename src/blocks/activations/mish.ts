/** Mish, arXiv:1908.08681:   y = x t,   t = tanh(log(1 + eˣ)).     f′ = t + x (1 − t²) σ(x). */
import tf from '@tensorflow/tfjs';
import { scalar } from '../../tensor/engine.ts';
import type { Activation } from './activation.ts';

export const mish: Activation = {
  forward(x) {
    const t = tf.tanh(tf.softplus(x));
    return { y: tf.mul(x, t), saved: { x, t } };
  },
  slope: ({ x, t }) => tf.add(t!, tf.mul(tf.mul(x!, tf.sub(scalar(1), tf.square(t!))), tf.sigmoid(x!))),
};
