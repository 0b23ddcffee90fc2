/**
 * Recomputation (activation checkpointing), arXiv:1604.06174: of all that a block would keep for backward, its input alone is kept, and
 * its forward pass is run again when backward comes to it. One forward pass more, for the memory of one block at a time.
 *
 * Both passes compute the same to the bit: nothing trains between them, and a dropout mask is a function of step and site.
 */
import tf, { type Tensor } from '@tensorflow/tfjs';
import { release } from '../tensor/engine.ts';
import type { Block, Pass } from './block.ts';

export function recomputed<X extends Tensor, Y>(inner: Block<X, Y>): Block<X, Y> {
  const passes = new WeakMap<Tensor, Pass>(); // by the input that was kept of them
  return {
    trains: inner.trains,
    forward(given, pass) {
      const { y } = inner.forward(given, { ...pass, saves: false, wantsInput: false });
      if (!pass.saves) return { y, saved: null };
      const x = tf.clone(given);
      passes.set(x, pass);
      return { y, saved: { x } };
    },
    backward(dy, kept, wantsInput) {
      const { x } = kept as unknown as { x: X };
      const { y, saved } = inner.forward(x, passes.get(x)!);
      release(y);
      const dx = inner.backward(dy, saved, wantsInput);
      release(x);
      return dx;
    },
  };
}
