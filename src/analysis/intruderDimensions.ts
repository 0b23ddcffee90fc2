/**
 * Intruder dimensions (arXiv:2410.21228, definition 1 and algorithm 1): singular vectors among the first k of the changed kernel W′
 * that resemble no singular vector of W,   max_i |cos(y_j, x_i)| < ε.   The paper takes k = 10, ε from 0.3 to 0.9, and the vectors of
 * the output side. The sign of a singular vector is free, so that cosines are taken without it.
 */
import { type Directions, innerProducts } from './directions.ts';

/** For each of the first k directions of `changed`, the largest |cosine| with any of `base`. */
export function largestCosines(base: Directions, changed: Directions, k: number): Float64Array {
  const first = Math.min(k, changed.count);
  const products = innerProducts(changed, base, first, base.count);
  return Float64Array.from({ length: first }, (_, j) =>
    products
      .subarray(j * base.count, (j + 1) * base.count)
      .reduce((most, cosine) => Math.max(most, Math.abs(cosine)), 0),
  );
}

/** How many of them lie below ε. */
export const intruderDimensions = (cosines: ArrayLike<number>, epsilon: number): number =>
  Array.from(cosines).filter((cosine) => cosine < epsilon).length;
