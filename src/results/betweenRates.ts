/**
 * What a grid may have missed. The best rate of a variant is known up to its neighbours in the grid; a parabola through the three
 * (mean validation loss against the logarithm of the rate) has its lowest point somewhere between, by
 *
 *     dip = m² / 4c,   m the slope at the best rate, c the coefficient of the square,
 *
 * below the best loss of the grid. It is no measurement: a valley that is flat at the bottom dips less.
 */
import { type RateSummary, placeInGrid } from './learningRates.ts';
import type { Summary, VariantSummary } from './summary.ts';

/** In nats, not negative; null where the best rate has no neighbour on one side, or one at which no mean is known. */
export function dipBetweenRates(rates: readonly RateSummary[], best: RateSummary): number | null {
  if (placeInGrid(rates, best) !== 'inside') return null;
  const at = rates.indexOf(best);
  const points = rates.slice(at - 1, at + 2).map(({ learningRate, validationLossNats, counts }) => ({
    x: Math.log(learningRate),
    y: counts.diverged > 0 ? undefined : validationLossNats?.mean,
  }));
  const [left, middle, right] = points;
  if (left?.y === undefined || middle?.y === undefined || right?.y === undefined) return null;
  const [before, after] = [middle.x - left.x, right.x - middle.x];
  const [falling, rising] = [(middle.y - left.y) / before, (right.y - middle.y) / after];
  const slope = (falling * after + rising * before) / (before + after);
  const square = (rising - falling) / (before + after);
  return square > 0 ? slope ** 2 / (4 * square) : 0;
}

/** As above, of a variant at its best rate. */
export function dipOf({ rates, best }: VariantSummary): number | null {
  const rate = rates.find(({ learningRate }) => learningRate === best?.learningRate);
  return rate ? dipBetweenRates(rates, rate) : null;
}

/** The variants whose difference from their reference on the target is shown, and is smaller than the dip of the worse of the two. */
export function withinDip({ variants }: Summary): string[] {
  return variants.flatMap(({ variant, best }) => {
    const against = best?.against?.learn;
    if (!against || (against.verdict !== 'lower by' && against.verdict !== 'higher by')) return [];
    const worse = against.verdict === 'lower by' ? against.reference : variant;
    const dip = dipOf(variants.find((other) => other.variant === worse)!);
    return dip !== null && Math.abs(against.difference.mean) <= dip ? [variant] : [];
  });
}
