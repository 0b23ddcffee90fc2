import { incompleteBeta } from './incompleteBeta.ts';
import { invert } from './invert.ts';

/**
 * P(|T| >= |t|) of Student's t distribution with ν > 0 degrees of freedom, whole or not: I_x(ν/2, 1/2) at x = ν / (ν + t²)
 * (Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.7.1 with 26.5.27). Small probabilities keep their digits.
 */
export function studentTBeyond(t: number, degreesOfFreedom: number): number {
  if (!(degreesOfFreedom > 0)) throw new Error(`degrees of freedom are above zero, unlike ${degreesOfFreedom}`);
  if (Math.abs(t) === Infinity) return 0;
  const x = degreesOfFreedom / (degreesOfFreedom + t * t);
  return incompleteBeta(x, degreesOfFreedom / 2, 0.5, (t * t) / (degreesOfFreedom + t * t));
}

/** The t for which P(T <= t) = probability, which lies strictly between 0 and 1. Good to 1e-12, relative. */
export function studentTQuantile(probability: number, degreesOfFreedom: number): number {
  if (!(probability > 0 && probability < 1))
    throw new Error(`a probability lies strictly between 0 and 1, unlike ${probability}`);
  const beyond = 2 * Math.min(probability, 1 - probability);
  const t = invert((x) => -studentTBeyond(x, degreesOfFreedom), -beyond);
  return probability < 0.5 ? -t : t;
}
