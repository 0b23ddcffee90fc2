/** A block for each of several tensors:   yᵢ = fᵢ(xᵢ); where there is none, yᵢ = xᵢ. */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import type { Saved } from '../tensor/step.ts';
import { type Block, block } from './block.ts';

export function each(blocks: readonly (Block | null)[]): Block<Tensor2D[], Tensor2D[]> {
  return block({
    trains: blocks.some((one) => one?.trains),
    forward(xs: Tensor2D[], pass) {
      const steps = blocks.map((one, i) => {
        const x = xs[i]!;
        if (!one) return { y: tf.clone(x), saved: null };
        return one.forward(x, { ...pass, saves: pass.saves && (one.trains || pass.wantsInput) });
      });
      return { y: steps.map(({ y }) => y), saved: steps.map(({ saved }) => saved) as Saved[] };
    },
    backward(dys, saved, wantsInput) {
      const dxs = blocks.map((one, i) => {
        const dy = dys[i]!;
        if (!one) return wantsInput ? tf.clone(dy) : null;
        return one.trains || wantsInput ? one.backward(dy, saved[i]!, wantsInput) : null;
      });
      return wantsInput ? (dxs as Tensor2D[]) : null;
    },
  });
}
