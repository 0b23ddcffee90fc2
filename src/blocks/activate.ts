/** An activation as a block:   y = f(x).     dx = dy ∘ f′(x). */
import type { Tensor2D } from '@tensorflow/tfjs';
import { type Activation, ownPieces, throughActivation } from './activations/activation.ts';
import { type Block, block } from './block.ts';

export function activate(f: Activation): Block {
  return block({
    trains: false,
    forward(x: Tensor2D) {
      const { y, saved } = f.forward(x);
      return { y: y as Tensor2D, saved: ownPieces(saved, x, y) };
    },
    backward: (dy, saved, wantsInput) => (wantsInput ? throughActivation(dy, f, saved) : null),
  });
}
