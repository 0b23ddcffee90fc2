import { invert } from './invert.ts';
import { noncentralTCdf } from './noncentralT.ts';
import { studentTQuantile } from './studentT.ts';

/**
 * Power of the two-sided paired t test: the probability that it shows a difference, where the true difference of n pairs is `effect`
 * standard deviations of the differences (Cohen's d_z). With the noncentral t distribution of n - 1 degrees of freedom:
 *
 *     P(|T| > t(1 - α/2, n-1)),   noncentrality d_z √n
 *
 * Cohen, Statistical Power Analysis for the Behavioral Sciences (1988), chapter 2. n is 2 or more.
 */
export function pairedPower(effect: number, pairs: number, significance = 0.05): number {
  if (!(pairs >= 2)) throw new Error(`a paired test needs two pairs or more, not ${pairs}`);
  const critical = studentTQuantile(1 - significance / 2, pairs - 1);
  const noncentrality = Math.abs(effect) * Math.sqrt(pairs);
  return 1 - noncentralTCdf(critical, pairs - 1, noncentrality) + noncentralTCdf(-critical, pairs - 1, noncentrality);
}

/**
 * The smallest d_z that the paired t test with so many pairs finds with this power (5 pairs: 1.68 at 80 %): what a design could have
 * seen. Null for fewer than two pairs, which see nothing.
 */
export function smallestEffect(pairs: number, power = 0.8, significance = 0.05): number | null {
  if (pairs < 2) return null;
  return invert((effect) => pairedPower(effect, pairs, significance), power);
}
