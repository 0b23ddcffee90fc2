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

/** Which of two gradients somebody asks for: a frozen A needs no dA, the first map of a network no dx. */
export interface Wanted {
  readonly down: boolean;
  readonly input: boolean;
}

export interface LowRankProduct {
  forward(x: SiteInput, down: Tensor, up: Tensor): { y: Tensor2D; u: Tensor2D };
  /** dA, dB in the forms of A and B; dA where it is wanted, and dx where it is wanted and x has one. */
  backward(
    dy: Tensor2D,
    x: SiteInput,
    u: Tensor2D,
    down: Tensor,
    up: Tensor,
    wanted: Wanted,
  ): { dDown: Tensor | null; dUp: Tensor; dx: Tensor2D | null };
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
    backward(dy, x, u, down, up, wanted) {
      const dUp = laneOuter(u, dy, lanesOf(up));
      if (!wanted.down && !wanted.input) return { dDown: null, dUp, dx: null };
      const du = tf.mul(laneMatMul(dy, up, true), scalar(scale)) as Tensor2D;
      return {
        dDown: wanted.down ? x.outer(du, lanesOf(down)) : null,
        dUp,
        dx: wanted.input ? x.back(du, down) : null,
      };
    },
  };
}

/** Our own kernels, for inputs that are rows of numbers. */
function byKernel(scale: number): LowRankProduct {
  const forward = kernel('LowRank', 2, { numbers: { scale } });
  const gradient = (wantsDown: number) => (wantsInput: number) =>
    kernel('LowRankGradient', 3, { numbers: { scale }, integers: { wants_down: wantsDown, wants_input: wantsInput } });
  const gradients = [0, 1].map((wantsDown) => [0, 1].map(gradient(wantsDown)));
  return {
    forward(x, down, up) {
      const [y, u] = forward(x.rows!, down, up) as [Tensor2D, Tensor2D];
      return { y, u };
    },
    backward(dy, x, u, down, up, wanted) {
      const call = gradients[Number(wanted.down)]![Number(wanted.input)]!;
      const [dDown, dUp, dx] = call(dy, x.rows!, u, down, up);
      return { dDown: wanted.down ? dDown! : null, dUp: dUp!, dx: wanted.input ? (dx as Tensor2D) : null };
    },
  };
}
