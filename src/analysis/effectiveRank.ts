/**
 * How many directions a matrix has, as a real number, from its singular values.
 *
 *   effective rank   exp(−Σ pᵢ ln pᵢ),   pᵢ = σᵢ / Σ σ      Roy and Vetterli, EUSIPCO 2007, definition 1
 *   stable rank      ‖X‖²_F / ‖X‖²₂ = Σ σᵢ² / σ₁²           Rudelson and Vershynin, J. ACM 54 (2007) 21, §1
 *
 * Both are k for k equal values, at most the rank, and do not change with the matrix's scale. A few large values beside many small
 * ones count for little in the stable rank and for more in the effective one.
 */

/** NaN where all values are zero: a change that is none has no directions to count. */
export function effectiveRank(spectrum: ArrayLike<number>): number {
  const values = Array.from(spectrum);
  const sum = values.reduce((all, value) => all + value, 0);
  if (sum === 0) return NaN;
  const entropy = values.reduce((all, value) => (value > 0 ? all - (value / sum) * Math.log(value / sum) : all), 0);
  return Math.exp(entropy);
}

/** NaN where all values are zero. */
export function stableRank(spectrum: ArrayLike<number>): number {
  const values = Array.from(spectrum);
  const largest = Math.max(...values);
  return values.reduce((all, value) => all + (value / largest) ** 2, 0);
}
