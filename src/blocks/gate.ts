/**
 * Gated feed-forward (SwiGLU, arXiv:2002.05202):   y = silu(g) ∘ u,   silu(g) = g σ(g).
 *
 * With σ = σ(g), a = g σ:   du = dy ∘ a,   dg = dy ∘ u ∘ (σ + a (1 − σ)).
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { scalar } from '../tensor/engine.ts';
import { type Block, block } from './block.ts';

export function gate(): Block<Tensor2D[], Tensor2D> {
  return block({
    trains: false,
    forward([g, u]: Tensor2D[]) {
      const sigma = tf.sigmoid(g);
      const a = tf.mul(g, sigma) as Tensor2D;
      return { y: tf.mul(a, u) as Tensor2D, saved: { u: tf.clone(u), sigma, a } };
    },
    backward(dy, { u, sigma, a }, wantsInput) {
      if (!wantsInput) return null;
      const slope = tf.add(sigma, tf.mul(a, tf.sub(scalar(1), sigma)));
      return [tf.mul(tf.mul(dy, u), slope), tf.mul(dy, a)];
    },
  });
}
