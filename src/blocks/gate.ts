/**
 * Gated feed-forward (GLU variants, arXiv:2002.05202; SwiGLU with silu):   y = a ∘ u,   a = f(g).
 *
 *   du = dy ∘ a,   dg = dy ∘ u ∘ f′(g).
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { type Activation, ownPieces, throughActivation } from './activations/activation.ts';
import { type Block, block } from './block.ts';

export function gate(f: Activation): Block<Tensor2D[], Tensor2D> {
  return block({
    trains: false,
    forward([g, u]: Tensor2D[]) {
      const { y: a, saved } = f.forward(g!);
      return { y: tf.mul(a, u!) as Tensor2D, saved: { u: tf.clone(u!), a, f: ownPieces(saved, g!) } };
    },
    backward(dy, { u, a, f: pieces }, wantsInput) {
      if (!wantsInput) return null;
      return [throughActivation(tf.mul(dy, u), f, pieces), tf.mul(dy, a) as Tensor2D];
    },
  });
}
