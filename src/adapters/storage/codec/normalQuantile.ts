/**
 * The quantile of the standard normal distribution, by Newton's method on Φ:
 *
 *   Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/(3·5) + x⁷/(3·5·7) + …),   φ(x) = e^(−x²/2) / √(2π).
 *
 * The series is that of Marsaglia, Journal of Statistical Software 11 (2004) 4; all terms have one sign, so nothing cancels.
 */
const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/** Φ(x), to some 3e-16. */
function cumulative(x: number): number {
  let sum = 0;
  for (let term = x, k = 1; sum + term !== sum; k += 2, term *= (x * x) / k) sum += term;
  return 0.5 + density(x) * sum;
}

/** x with Φ(x) = p, for p from 1e-6 to 1 − 1e-6: to some 3e-16 / φ(x), 1e-12 at p = 0.9999. */
export function normalQuantile(p: number): number {
  let x = 0; // Φ bends towards the axis on either side: from the middle each step stays short of the root
  for (let step = 0; step < 100; step++) {
    const next = x - (cumulative(x) - p) / density(x);
    if (Math.abs(next - x) <= 1e-15 * Math.abs(next)) return next;
    x = next;
  }
  return x;
}
