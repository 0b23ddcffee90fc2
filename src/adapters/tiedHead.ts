/** An output layer that shares a whole trained table V [vocabulary, width] with the embedding:   y = x Vᵀ,   dV = dyᵀ x,   dx = dy V. */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { block } from '../blocks/block.ts';
import type { LinearMap } from '../blocks/linearMap.ts';
import type { Frozen } from '../tensor/frozen.ts';
import { laneMatMul, laneOuter } from '../tensor/laneMatMul.ts';
import { withStrength } from './strength.ts';
import type { Whole } from './types.ts';

/** `kernel`: the frozen table, turned. */
export function tiedHead(table: Whole, kernel: Frozen, strength: () => number): LinearMap {
  return block({
    trains: true,
    forward(x: Tensor2D) {
      const y = withStrength(strength(), laneMatMul(x, table.value, true), () => kernel.times(x));
      return { y, saved: { x: tf.clone(x) } };
    },
    backward(dy, { x }, wantsInput) {
      table.accumulate(laneOuter(dy, x, table.lanes));
      return wantsInput ? laneMatMul(dy, table.value) : null;
    },
  });
}
