/**
 * A quantile of a sample: linear between the order statistics, at position p (n − 1) from 0. Hyndman and Fan, "Sample Quantiles in
 * Statistical Packages" (The American Statistician 50, 1996), definition 7. The list is not empty, p from 0 to 1.
 */
export function quantile(values: readonly number[], p: number): number {
  return quantileOfSorted(
    [...values].sort((a, b) => a - b),
    p,
  );
}

/** The same of values in ascending order. */
export function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  const position = p * (sorted.length - 1);
  const below = Math.floor(position);
  const [low, high] = [sorted[below]!, sorted[Math.ceil(position)]!];
  return low + (position - below) * (high - low);
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);
