/**
 * Gated feed-forward (GLU variants, arXiv:2002.05202; SwiGLU with silu):   y = a ∘ u,   a = f(g).
 *
 *   du = dy ∘ a,   dg = dy ∘ u ∘ f′(g).
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { hasKernels, kernel } from '../tensor/kernels.ts';
import { type Activation, ownPieces, throughActivation } from './activations/activation.ts';
import { silu } from './activations/silu.ts';
import { type Block, block, either } from './block.ts';

export const gate = (f: Activation): Block<Tensor2D[], Tensor2D> =>
  f === silu ? either(hasKernels, swiGluByKernel(), byOperations(f)) : byOperations(f);

function byOperations(f: Activation): Block<Tensor2D[], Tensor2D> {
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

/** Keeps g and u alone. */
function swiGluByKernel(): Block<Tensor2D[], Tensor2D> {
  const forward = kernel('Gate', 1);
  const backward = kernel('GateGradient', 2);
  return block({
    trains: false,
    forward([g, u]: Tensor2D[]) {
      return { y: forward(g!, u!)[0] as Tensor2D, saved: { g: tf.clone(g!), u: tf.clone(u!) } };
    },
    backward: (dy, { g, u }, wantsInput) => (wantsInput ? (backward(dy, g, u) as Tensor2D[]) : null),
  });
}
