import { median } from '../../statistics/quantile.ts';

/** A mean with the bounds of its interval, on the axis of a chart. */
export interface Bounds {
  mean: number;
  low: number;
  high: number;
}

/**
 * Lowest and highest value that an axis shows, with a margin: all means and `points`, and beyond them of the intervals as much as the
 * spread of the means, or half the width of the middle one of the intervals where that is more. What is longer is cut at the frame:
 * one interval of two seeds would make a point of all that is compared.
 */
export function intervalFrame(bounds: readonly Bounds[], points: readonly number[] = []): [number, number] {
  const means = [...bounds.map(({ mean }) => mean), ...points];
  const [least, most] = [Math.min(...means), Math.max(...means)];
  const reach = Math.max(most - least, median(bounds.map(({ low, high }) => (high - low) / 2))) || Infinity;
  const low = Math.max(Math.min(least, ...bounds.map((of) => of.low)), least - reach);
  const high = Math.min(Math.max(most, ...bounds.map((of) => of.high)), most + reach);
  const margin = 0.06 * (high - low) || 0.05;
  return [low - margin, high + margin];
}
