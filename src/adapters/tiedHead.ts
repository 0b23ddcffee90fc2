/** An output layer that shares a trained table V [vocabulary, width] with the embedding:   y = x Vᵀ,   dV = dyᵀ x,   dx = dy V. */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { block } from '../blocks/block.ts';
import type { LinearMap } from '../blocks/linearMap.ts';
import type { Parameter } from '../tensor/arena.ts';
import { laneMatMul, laneOuter } from '../tensor/laneMatMul.ts';

export function tiedHead(table: Parameter): LinearMap {
  return block({
    trains: true,
    forward: (x: Tensor2D) => ({ y: laneMatMul(x, table.value, true), saved: { x: tf.clone(x) } }),
    backward(dy, { x }, wantsInput) {
      table.accumulate(laneOuter(dy, x, table.lanes));
      return wantsInput ? laneMatMul(dy, table.value) : null;
    },
  });
}
