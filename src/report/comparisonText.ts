import type { Comparison } from '../results/comparison.ts';
import type { Interval } from '../statistics/tInterval.ts';
import { decimalsOf, fixed, signed } from './numberText.ts';

/** `lower by 0.12 (0.10 to 0.13)`, `no difference shown (−0.003, −0.010 to 0.004)`; a difference only before the correction is said to be so. */
export function comparisonText({ verdict, onlyAlone, difference: { mean, interval } }: Comparison): string {
  const decimals = decimalsOf(interval);
  if (interval === null) return `${signed(mean, decimals)}, ${verdict}`;
  if (verdict === 'no difference shown') {
    const shown = onlyAlone ? decimalsToSee(nearest(interval), decimals) : decimals;
    const bounds = `${fixed(interval.low, shown)} to ${fixed(interval.high, shown)}`;
    return `${verdict} (${signed(mean, shown)}, ${bounds}${onlyAlone ? '; the interval alone leaves zero out' : ''})`;
  }
  const [small, large] = [Math.abs(interval.low), Math.abs(interval.high)].sort((a, b) => a - b);
  const shown = decimalsToSee(small, decimals);
  return `${verdict} ${fixed(Math.abs(mean), shown)} (${fixed(small, shown)} to ${fixed(large, shown)})`;
}

const nearest = ({ low, high }: Interval): number => Math.min(Math.abs(low), Math.abs(high));

/** More decimals where a bound that is not zero would be printed as zero. */
function decimalsToSee(bound: number, decimals: number): number {
  if (bound === 0 || Number(fixed(bound, decimals)) !== 0) return decimals;
  return Math.min(Math.ceil(-Math.log10(bound)), 6);
}
