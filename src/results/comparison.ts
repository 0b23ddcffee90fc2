import type { Estimate } from './estimate.ts';
import { type PairedTest, pairedTest } from '../statistics/pairedTest.ts';
import type { Interval } from '../statistics/tInterval.ts';

export type Verdict = 'lower by' | 'higher by' | 'no difference shown' | 'not known from one seed';

/** How a variant differs from the reference, over the seeds that both finished. */
export interface Comparison {
  reference: string;
  difference: PairedTest;
  verdict: Verdict;
}

/** Compares two estimates seed by seed; null where they have no seed in common. */
export function compare(reference: string, of: Estimate, variant: Estimate): Comparison | null {
  const bySeed = new Map(of.values.map(({ seed, value }) => [seed, value]));
  const shared = variant.values.filter(({ seed }) => bySeed.has(seed));
  if (shared.length === 0) return null;
  const difference = pairedTest(
    shared.map(({ seed }) => bySeed.get(seed) as number),
    shared.map(({ value }) => value),
  );
  return { reference, difference, verdict: verdict(difference.interval) };
}

/** What an interval of a difference shows: nothing where it holds zero, its bounds included. */
function verdict(interval: Interval | null): Verdict {
  if (interval === null) return 'not known from one seed';
  if (interval.high < 0) return 'lower by';
  if (interval.low > 0) return 'higher by';
  return 'no difference shown';
}
