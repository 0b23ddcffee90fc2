import { mean } from './mean.ts';
import { standardDeviation } from './standardDeviation.ts';
import { studentTQuantile } from './studentT.ts';

/** Bounds in the unit of the values. */
export interface Interval {
  low: number;
  high: number;
}

/**
 * Confidence interval of the mean: mean ± t(1 - (1 - level)/2, n - 1) · s / √n (Student 1908). It takes the values as
 * independent and about normal. One value says nothing about the spread: null.
 */
export function tInterval(values: readonly number[], level = 0.95): Interval | null {
  if (values.length < 2) return null;
  const halfWidth =
    (studentTQuantile((1 + level) / 2, values.length - 1) * standardDeviation(values)) / Math.sqrt(values.length);
  const center = mean(values);
  return { low: center - halfWidth, high: center + halfWidth };
}
