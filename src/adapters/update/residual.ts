/** The start of two factors, taken away from the kernel and frozen:   −s (xA₀) B₀,   so that the kernel, which lanes share, stays. */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import type { Constant } from '../../tensor/arena.ts';
import { scalar, scoped } from '../../tensor/engine.ts';
import { laneFactor, laneMatMul } from '../../tensor/laneMatMul.ts';
import { product } from '../../tensor/product.ts';
import type { Residual } from '../types.ts';

export const lowRankResidual = (down: Constant, up: Constant, scale: number): Residual => ({
  times: (x) => laneMatMul(tf.mul(x.times(down.value), scalar(-scale)) as Tensor2D, up.value),
  back: (dy, x) => x.back(tf.mul(laneMatMul(dy, up.value, true), scalar(-scale)) as Tensor2D, down.value),
  matrix: scoped((lane: number) =>
    tf.mul(product(laneFactor(down.value, lane), laneFactor(up.value, lane)), scalar(-scale)),
  ),
});
