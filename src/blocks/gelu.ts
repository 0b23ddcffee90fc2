/**
 * GELU by tanh, arXiv:1606.08415 ("gelu_new"):   y = ½ x (1 + t),   t = tanh(c (x + 0.044715 x³)),   c = √(2/π).
 *
 *   dx = dy ∘ (½ (1 + t) + ½ x (1 − t²) c (1 + 3 · 0.044715 x²)).
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { scalar } from '../tensor/engine.ts';
import { type Block, block } from './block.ts';

const cubic = 0.044715;
const c = Math.sqrt(2 / Math.PI);

export function gelu(): Block {
  return block({
    trains: false,
    forward(x: Tensor2D) {
      const inner = tf.mul(tf.mul(x, scalar(c)), tf.add(tf.mul(tf.square(x), scalar(cubic)), scalar(1)));
      const t = tf.tanh(inner) as Tensor2D;
      const half = tf.mul(tf.add(t, scalar(1)), scalar(0.5));
      return { y: tf.mul(x, half) as Tensor2D, saved: { x: tf.clone(x), t } };
    },
    backward(dy, { x, t }, wantsInput) {
      if (!wantsInput) return null;
      const half = tf.mul(tf.add(t, scalar(1)), scalar(0.5));
      const inner = tf.mul(tf.add(tf.mul(tf.square(x), scalar(3 * cubic)), scalar(1)), scalar(0.5 * c));
      const slope = tf.add(half, tf.mul(tf.mul(x, tf.sub(scalar(1), tf.square(t))), inner));
      return tf.mul(dy, slope) as Tensor2D;
    },
  });
}
