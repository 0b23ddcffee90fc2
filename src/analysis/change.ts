/**
 * A change of a kernel, ΔW = W′ − W [in, out], as it is held: a product of two thin matrices, or all its numbers.
 *
 *   product:   ΔW = A B,   A [in, rank], B [rank, out], the update's scale in B.
 */
import { leadingSvd, leadingSvdOfProduct } from '../tensor/leadingSvd.ts';
import { thinSvd, type ThinSvd } from '../tensor/svd.ts';

export type Change = ProductChange | DenseChange;

/** All matrices are row-major. */
export interface ProductChange {
  readonly form: 'product';
  /** [in, out] */
  readonly shape: readonly [number, number];
  readonly rank: number;
  readonly down: ArrayLike<number>;
  readonly up: ArrayLike<number>;
}

export interface DenseChange {
  readonly form: 'dense';
  readonly shape: readonly [number, number];
  readonly values: ArrayLike<number>;
}

/**
 * ΔW = U diag(s) Vᵀ: U holds the directions of the input, V those of the output. Of a product it is exact, from the QR decompositions
 * of both factors and the singular values of the small matrix between them; s has `rank` values, of a dense change min(in, out).
 */
export function singularDirections(change: Change): ThinSvd {
  const [inputs, outputs] = change.shape;
  if (change.form === 'dense') return thinSvd(change.values, inputs, outputs);
  const { rank, down, up } = change;
  return leadingSvdOfProduct(down, up, [inputs, rank, outputs], { rank });
}

/**
 * The first `count` of them, fewer where there are fewer, without decomposing a large dense change to its end: the singular values are
 * then close to the true ones from below, the last directions may be turned into each other where values are close.
 */
export function leadingDirections(change: Change, count: number): ThinSvd {
  const [inputs, outputs] = change.shape;
  if (change.form === 'dense') return leadingSvd(change.values, inputs, outputs, { rank: count });
  const { rank, down, up } = change;
  return leadingSvdOfProduct(down, up, [inputs, rank, outputs], { rank: count });
}

/** All numbers of ΔW, row-major. */
export function denseChange(change: Change): Float64Array {
  const [inputs, outputs] = change.shape;
  if (change.form === 'dense') return Float64Array.from(change.values);
  const { rank, down, up } = change;
  const values = new Float64Array(inputs * outputs);
  for (let i = 0; i < inputs; i++)
    for (let r = 0; r < rank; r++) {
      const factor = down[i * rank + r]!;
      if (factor !== 0) for (let j = 0; j < outputs; j++) values[i * outputs + j]! += factor * up[r * outputs + j]!;
    }
  return values;
}

/** ‖x‖ in the Frobenius norm. */
export function frobeniusNorm(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum);
}
