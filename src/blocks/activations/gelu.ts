/**
 * GELU, arXiv:1606.08415:   y = x Φ,   Φ = ½ (1 + erf(x/√2)), the normal distribution.
 *
 *   f′ = Φ + x φ,   φ = exp(−x²/2) / √(2π).
 */
import tf from '@tensorflow/tfjs';
import { scalar } from '../../tensor/engine.ts';
import type { Activation } from './activation.ts';

export const gelu: Activation = {
  forward(x) {
    const share = tf.mul(tf.add(tf.erf(tf.mul(x, scalar(Math.SQRT1_2))), scalar(1)), scalar(0.5));
    return { y: tf.mul(x, share), saved: { x, share } };
  },
  slope({ x, share }) {
    const density = tf.mul(tf.exp(tf.mul(tf.square(x), scalar(-0.5))), scalar(1 / Math.sqrt(2 * Math.PI)));
    return tf.add(share, tf.mul(x, density));
  },
};
