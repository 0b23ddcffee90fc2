import { bcaInterval } from '../statistics/bcaInterval.ts';
import { mean } from '../statistics/mean.ts';
import { type Interval, tInterval } from '../statistics/tInterval.ts';

/** A quantity over seeds: its mean, the 95 % t interval of the mean (null for one seed), and every seed's value. */
export interface Estimate {
  mean: number;
  interval: Interval | null;
  /** 95 % BCa bootstrap interval of the mean; null for one seed, and where all seeds have the same value. */
  bootstrap: Interval | null;
  values: SeedValue[];
}

export interface SeedValue {
  seed: number;
  value: number;
}

/** Estimate from one value per seed, sorted by seed. The list is not empty. */
export function estimate(values: readonly SeedValue[]): Estimate {
  const sorted = [...values].sort((a, b) => a.seed - b.seed);
  const numbers = sorted.map(({ value }) => value);
  return { mean: mean(numbers), interval: tInterval(numbers), bootstrap: bcaInterval(numbers), values: sorted };
}
