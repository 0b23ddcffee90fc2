/**
 * Product with two thin matrices, per lane:   u = s xA,   y = uB.     dB = uᵀ dy,   du = s dy Bᵀ,   dA = xᵀ du,   dx = du Aᵀ.
 *
 * x [rows, in], A [in, r] or [lanes, in, r], B [r, out] or [lanes, r, out].
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { scalar } from './engine.ts';
import { hasKernels, kernel } from './kernels.ts';
import { laneMatMul, laneOuter } from './laneMatMul.ts';
import type { SiteInput } from './siteInput.ts';

export interface LowRankProduct {
  forward(x: SiteInput, down: Tensor, up: Tensor): { y: Tensor2D; u: Tensor2D };
  /** dA, dB in the forms of A and B; dx where it is wanted and x has one. */
  backward(
    dy: Tensor2D,
    x: SiteInput,
    u: Tensor2D,
    down: Tensor,
    up: Tensor,
    wantsInput: boolean,
  ): { dDown: Tensor; dUp: Tensor; dx: Tensor2D | null };
}

export function lowRankProduct(scale: number): LowRankProduct {
  const kernels = byKernel(scale);
  const operations = byOperations(scale);
  const of = (x: SiteInput): LowRankProduct => (x.rows && hasKernels() ? kernels : operations);
  return {
    forward: (x, down, up) => of(x).forward(x, down, up),
    backward: (dy, x, ...others) => of(x).backward(dy, x, ...others),
  };
}

const lanesOf = (w: Tensor): number => (w.rank === 3 ? w.shape[0]! : 1);

function byOperations(scale: number): LowRankProduct {
  return {
    forward(x, down, up) {
      const u = tf.mul(x.times(down), scalar(scale)) as Tensor2D;
      return { y: laneMatMul(u, up), u };
    },
    backward(dy, x, u, down, up, wantsInput) {
      const du = tf.mul(laneMatMul(dy, up, true), scalar(scale)) as Tensor2D;
      return {
        dDown: x.outer(du, lanesOf(down)),
        dUp: laneOuter(u, dy, lanesOf(up)),
        dx: wantsInput ? x.back(du, down) : null,
      };
    },
  };
}

/** Our own kernels, for inputs that are rows of numbers. */
function byKernel(scale: number): LowRankProduct {
  const forward = kernel('LowRank', 2, { numbers: { scale } });
  const [without, withInput] = [0, 1].map((wanted) =>
    kernel('LowRankGradient', 3, { numbers: { scale }, integers: { wants_input: wanted } }),
  );
  return {
    forward(x, down, up) {
      const [y, u] = forward(x.rows!, down, up) as [Tensor2D, Tensor2D];
      return { y, u };
    },
    backward(dy, x, u, down, up, wantsInput) {
      const [dDown, dUp, dx] = (wantsInput ? withInput : without)!(dy, x.rows!, u, down, up);
      return { dDown: dDown!, dUp: dUp!, dx: wantsInput ? (dx as Tensor2D) : null };
    },
  };
}
