import { integrate } from './integrate.ts';
import { logGamma } from './logGamma.ts';
import { normalCdf } from './normal.ts';

/**
 * P(T <= t) of the noncentral t distribution with ν >= 1 degrees of freedom and noncentrality δ. T = (Z + δ) / (U / √ν) with a standard
 * normal Z and U of the χ distribution, so that
 *
 *     P(T <= t) = ∫ Φ(t u / √ν - δ) f(u) du,   f(u) = u^(ν-1) e^(-u²/2) / (2^(ν/2-1) Γ(ν/2))
 *
 * (Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 2 (1995), section 31.2). Beyond eight of √ν, f holds nothing
 * that counts. Good to 1e-9, absolute.
 */
export function noncentralTCdf(t: number, degreesOfFreedom: number, noncentrality: number): number {
  if (!(degreesOfFreedom >= 1)) throw new Error(`degrees of freedom are 1 or more, unlike ${degreesOfFreedom}`);
  const center = Math.sqrt(degreesOfFreedom);
  const logConstant = (degreesOfFreedom / 2 - 1) * Math.LN2 + logGamma(degreesOfFreedom / 2);
  const logPower = (u: number): number => (degreesOfFreedom === 1 ? 0 : (degreesOfFreedom - 1) * Math.log(u));
  const density = (u: number): number => Math.exp(logPower(u) - (u * u) / 2 - logConstant);
  const integrand = (u: number): number => normalCdf((t * u) / center - noncentrality) * density(u);
  return integrate(integrand, Math.max(0, center - 8), center + 8, 1e-9);
}
