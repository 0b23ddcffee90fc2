/**
 * GELU by tanh, arXiv:1606.08415 ("gelu_new"):   y = ½ x (1 + t),   t = tanh(c (x + 0.044715 x³)),   c = √(2/π).
 *
 *   f′ = ½ (1 + t) + ½ x (1 − t²) c (1 + 3 · 0.044715 x²).
 */
import tf from '@tensorflow/tfjs';
import { scalar } from '../../tensor/engine.ts';
import type { Activation } from './activation.ts';

const cubic = 0.044715;
const c = Math.sqrt(2 / Math.PI);

export const geluTanh: Activation = {
  forward(x) {
    const inner = tf.mul(tf.mul(x, scalar(c)), tf.add(tf.mul(tf.square(x), scalar(cubic)), scalar(1)));
    const t = tf.tanh(inner);
    const half = tf.mul(tf.add(t, scalar(1)), scalar(0.5));
    return { y: tf.mul(x, half), saved: { x, t } };
  },
  slope({ x, t }) {
    const half = tf.mul(tf.add(t, scalar(1)), scalar(0.5));
    const inner = tf.mul(tf.add(tf.mul(tf.square(x), scalar(3 * cubic)), scalar(1)), scalar(0.5 * c));
    return tf.add(half, tf.mul(tf.mul(x, tf.sub(scalar(1), tf.square(t))), inner));
  },
};
