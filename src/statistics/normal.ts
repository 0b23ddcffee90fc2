import { invert } from './invert.ts';

/** P(Z <= z) of the standard normal distribution. Small probabilities keep their digits. */
export function normalCdf(z: number): number {
  return z < 0 ? tail(-z) : 1 - tail(z);
}

/** The z for which P(Z <= z) = probability, which lies strictly between 0 and 1. */
export function normalQuantile(probability: number): number {
  if (!(probability > 0 && probability < 1))
    throw new Error(`a probability lies strictly between 0 and 1, unlike ${probability}`);
  const z = invert((x) => -tail(x), -Math.min(probability, 1 - probability));
  return probability < 0.5 ? -z : z;
}

/**
 * P(Z > z) for z >= 0, with the density φ(z) = e^(-z²/2) / √(2π):
 *
 *     z < 3:   1/2 - φ(z) (z + z³/3 + z⁵/(3·5) + z⁷/(3·5·7) + …)
 *     else:    φ(z) / (z + 1/(z + 2/(z + 3/(z + …))))
 *
 * Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.2.11 and 26.2.14.
 */
function tail(z: number): number {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < 3) {
    let term = z;
    let sum = 0;
    for (let odd = 3; sum + term !== sum; odd += 2) {
      sum += term;
      term *= (z * z) / odd;
    }
    return 0.5 - density * sum;
  }
  let fraction = z;
  for (let k = 100; k > 0; k--) fraction = z + k / fraction;
  return density / fraction;
}
