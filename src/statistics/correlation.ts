import { mean } from './mean.ts';
import { ranks } from './ranks.ts';

/**
 * Pearson's correlation: the sum of products of the deviations from the means, over the root of the product of their sums of squares.
 * Null where one of the lists is constant or has fewer than two values: nothing varies together with what does not vary.
 */
export function pearson(x: readonly number[], y: readonly number[]): number | null {
  if (x.length !== y.length)
    throw new Error(`a correlation needs two lists of the same length, not ${x.length} and ${y.length} values`);
  if (isConstant(x) || isConstant(y)) return null;
  const [meanX, meanY] = [mean(x), mean(y)];
  let [products, squaresX, squaresY] = [0, 0, 0];
  x.forEach((value, index) => {
    const [dx, dy] = [value - meanX, y[index] - meanY];
    products += dx * dy;
    squaresX += dx * dx;
    squaresY += dy * dy;
  });
  return Math.max(-1, Math.min(1, products / (Math.sqrt(squaresX) * Math.sqrt(squaresY))));
}

/** Spearman's correlation: Pearson's of the ranks, where equal values share the mean of their ranks. */
export function spearman(x: readonly number[], y: readonly number[]): number | null {
  return pearson(ranks(x), ranks(y));
}

function isConstant(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}
