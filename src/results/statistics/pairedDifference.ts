import { mean } from './mean.ts';
import { type Interval, tInterval } from './tInterval.ts';

export interface PairedDifference {
  /** Mean of variant - reference, in the unit of the values. */
  mean: number;
  /** 95 % t interval of that mean; null for a single pair. */
  interval: Interval | null;
  pairs: number;
}

/**
 * Difference of two samples measured in pairs (here: the same seed, so the same batches): the interval is that of the
 * differences, which leaves out what the pairs have in common. The lists have the same order and length.
 */
export function pairedDifference(reference: readonly number[], variant: readonly number[]): PairedDifference {
  if (reference.length !== variant.length || reference.length === 0)
    throw new Error(`pairs need two lists of the same length, not ${reference.length} and ${variant.length} values`);
  const each = variant.map((value, index) => value - reference[index]);
  return { mean: mean(each), interval: tInterval(each), pairs: each.length };
}
