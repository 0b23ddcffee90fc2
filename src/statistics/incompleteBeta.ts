import { logGamma } from './logGamma.ts';

/**
 * The regularized incomplete beta function I_x(a, b), for a, b > 0 and x from 0 to 1, by its continued fraction
 *
 *     I_x(a, b) = x^a (1-x)^b / (a B(a, b)) · 1 / (1 + d₁ / (1 + d₂ / (1 + …)))
 *     d₂ₘ = m (b-m) x / ((a+2m-1)(a+2m)),   d₂ₘ₊₁ = -(a+m)(a+b+m) x / ((a+2m)(a+2m+1))
 *
 * (NIST Handbook of Mathematical Functions, 8.17.22), which converges fast below x = (a+1)/(a+b+2); above, I_x(a, b) = 1 - I_{1-x}(b, a).
 * It is evaluated from the front (Lentz, Applied Optics 15 (1976) 668; Thompson and Barnett 1986). Small values keep their digits,
 * and so do values near 1 where the caller knows 1 - x better than it can be had from x.
 */
export function incompleteBeta(x: number, a: number, b: number, complement: number = 1 - x): number {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1))
    throw new Error(`the incomplete beta function needs a, b > 0 and 0 <= x <= 1, not a ${a}, b ${b}, x ${x}`);
  if (x === 0 || complement === 0) return x;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(complement, b, a, x);
  const logBeta = logGamma(a) + logGamma(b) - logGamma(a + b);
  return Math.exp(a * Math.log(x) + b * Math.log(complement) - logBeta) / (a * fraction(x, a, b));
}

/** 1 + d₁ / (1 + d₂ / (1 + …)) */
function fraction(x: number, a: number, b: number): number {
  let value = 1;
  let numerator = 1;
  let denominator = 0;
  for (let index = 1; index < 100_000; index++) {
    const m = index >> 1;
    const d =
      index % 2 === 0
        ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
        : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    denominator = 1 / notZero(1 + d * denominator);
    numerator = notZero(1 + d / numerator);
    value *= numerator * denominator;
    if (Math.abs(numerator * denominator - 1) < 1e-16) break;
  }
  return value;
}

const notZero = (value: number): number => (Math.abs(value) < 1e-300 ? 1e-300 : value);
