/**
 * Sums of low-rank changes without building them:   Σ c_i s_i A_i B_i = [c₁ s₁ A₁ | c₂ s₂ A₂ | …] [B₁; B₂; …], and their norms from the
 * thin factors:   ‖A B‖² = tr((AᵀA)(B Bᵀ)), in float64.
 */
import { type LowRankFactors, scaleOf } from '../lowRankFactors.ts';

/** A [in, inner] and B [inner, out], row-major, of which the change is the product. */
export interface Product {
  readonly down: Float64Array;
  readonly up: Float64Array;
  readonly inner: number;
}

/** One factor pair times a weight. */
export interface Term {
  readonly weight: number;
  readonly factors: LowRankFactors;
}

/** The terms, of one site, side by side; scale and weight go into A. */
export function stacked(terms: readonly Term[], [inputs, outputs]: readonly [number, number]): Product {
  const inner = terms.reduce((sum, { factors }) => sum + factors.rank, 0);
  const down = new Float64Array(inputs * inner);
  const up = new Float64Array(inner * outputs);
  let at = 0;
  for (const { weight, factors } of terms) {
    const { rank } = factors;
    const factor = weight * scaleOf(factors);
    for (let i = 0; i < inputs; i++)
      for (let r = 0; r < rank; r++) down[i * inner + at + r] = factor * factors.down[i * rank + r]!;
    up.set(factors.up, at * outputs);
    at += rank;
  }
  return { down, up, inner };
}

/** ‖A B‖ in the Frobenius norm. */
export function productNorm({ down, up, inner }: Product): number {
  const inputs = down.length / inner;
  const outputs = up.length / inner;
  let sum = 0;
  for (let r = 0; r < inner; r++)
    for (let q = 0; q <= r; q++) {
      let columns = 0;
      for (let i = 0; i < inputs; i++) columns += down[i * inner + r]! * down[i * inner + q]!;
      let rows = 0;
      for (let j = 0; j < outputs; j++) rows += up[r * outputs + j]! * up[q * outputs + j]!;
      sum += (q === r ? 1 : 2) * columns * rows;
    }
  return Math.sqrt(Math.max(0, sum));
}

/** ‖result − wanted‖ / ‖wanted‖; 0 where both are 0. Differences below about 1e-8 drown in float64. */
export function relativeDifference(result: LowRankFactors, wanted: readonly Term[]): number {
  const norm = productNorm(stacked(wanted, result.shape));
  const off = productNorm(stacked([...wanted, { weight: -1, factors: result }], result.shape));
  return off === 0 ? 0 : off / norm;
}
