import { mean } from '../../statistics/mean.ts';
import { type Interval, tInterval } from '../../statistics/tInterval.ts';

/** A number of a variant for each seed, as a mean with its 95 % interval; for one seed the mean alone. */
export interface SeedMean {
  value: number;
  low: number;
  high: number;
}

/** Null where no seed has a number. */
export function seedMean(ofSeeds: readonly number[]): SeedMean | null {
  if (ofSeeds.length === 0) return null;
  const value = mean(ofSeeds);
  const { low, high }: Interval = tInterval(ofSeeds) ?? { low: value, high: value };
  return { value, low, high };
}

/** The same of factors: mean and interval of their logarithms. Zeros have none and are left out. */
export function seedGeometricMean(ofSeeds: readonly number[]): SeedMean | null {
  const found = seedMean(ofSeeds.filter((factor) => factor > 0).map(Math.log));
  return found && { value: Math.exp(found.value), low: Math.exp(found.low), high: Math.exp(found.high) };
}

/** Height of a row with a variant's name. */
export const rowHeight = (variants: number): number => (variants > 12 ? 17 : 26);

/** One row for each variant, in the order given, with its name before it. */
export function rowOfVariant(order: readonly string[]): {
  field: 'variant';
  type: 'nominal';
  sort: string[];
  title: null;
  axis: { grid: false; labelLimit: number };
} {
  return { field: 'variant', type: 'nominal', sort: [...order], title: null, axis: { grid: false, labelLimit: 280 } };
}
