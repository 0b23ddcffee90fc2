/** Several linear maps of one input (q, k, v; gate, up):   yᵢ = fᵢ(x).     dx = Σ fᵢ'(dyᵢ). */
import type { Tensor2D } from '@tensorflow/tfjs';
import type { Saved } from '../tensor/step.ts';
import { sumOf } from '../tensor/sum.ts';
import { type Block, block } from './block.ts';
import type { LinearMap } from './linearMap.ts';

export function linear(maps: readonly LinearMap[]): Block<Tensor2D, Tensor2D[]> {
  return block({
    trains: maps.some((map) => map.trains),
    forward(x: Tensor2D, pass) {
      const steps = maps.map((map) =>
        map.forward(x, { ...pass, saves: pass.saves && (map.trains || pass.wantsInput) }),
      );
      return { y: steps.map((step) => step.y), saved: steps.map((step) => step.saved) as Saved[] };
    },
    backward(dys, saved, wantsInput) {
      const parts = maps.flatMap((map, i) => {
        if (!map.trains && !wantsInput) return [];
        const dx = map.backward(dys[i], saved[i], wantsInput);
        return dx ? [dx] : [];
      });
      return wantsInput ? sumOf(parts) : null;
    },
  });
}
