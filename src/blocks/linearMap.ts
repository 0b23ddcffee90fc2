/** A linear map of the network as a block sees it, adapted or not:   y = xW + b.     dx = dy Wᵀ,   db = Σ dy. */
import type { Tensor2D } from '@tensorflow/tfjs';
import type { Frozen } from '../tensor/frozen.ts';
import { laneAdd } from '../tensor/laneMatMul.ts';
import { type Block, block } from './block.ts';
import type { Vector } from './vector.ts';

export type LinearMap = Block;

/** A frozen kernel [in, out]; the bias, if there is one, may train. */
export function frozenMap(kernel: Frozen, bias: Vector | null): LinearMap {
  return block({
    trains: bias?.trains ?? false,
    forward(x: Tensor2D) {
      const y = kernel.times(x);
      return { y: bias ? laneAdd(y, bias.value) : y, saved: null };
    },
    backward(dy, _saved, wantsInput) {
      if (bias?.trains) bias.accumulateRows(dy);
      return wantsInput ? kernel.back(dy) : null;
    },
  });
}

/** A map's output plus a bias. */
export function withBias(map: LinearMap, bias: Vector | null): LinearMap {
  if (!bias) return map;
  return block({
    trains: map.trains || bias.trains,
    forward(x: Tensor2D, pass) {
      const { y, saved } = map.forward(x, pass);
      return { y: laneAdd(y, bias.value), saved };
    },
    backward(dy, saved, wantsInput) {
      if (bias.trains) bias.accumulateRows(dy);
      return map.trains || wantsInput ? map.backward(dy, saved, wantsInput) : null;
    },
  });
}
