/**
 * Learning-rate grids that extend themselves. Where the best rate of a variant (lowest mean validation loss over all seeds) is the
 * lowest or the highest of its grid, the best of all rates may lie outside, and a comparison with it would be one with a variant that
 * was not tuned. So the next rate on that side is tried as well, by the grid's own ratio:
 *
 *     next = edge · q or edge / q,    q = max(2, ratio of the two outermost rates on that side), rounded to two digits
 */
import { bestRate, placeInGrid, type RateSummary } from './learningRates.ts';

export interface GridExtension {
  /** The rate that the grid grows by. */
  readonly learningRate: number;
  /** The best rate so far, at the edge. */
  readonly edge: number;
  readonly place: 'lowest' | 'highest';
}

const smallestRatio = 2;

/**
 * What a variant's grid grows by; null where its best rate is inside, where another rate is as good as the one at the edge, where it
 * has one rate only and where none can be chosen. `rates`: ascending, every run with its record.
 */
export function gridExtension(rates: readonly RateSummary[]): GridExtension | null {
  const best = bestRate(rates);
  if (best === null) return null;
  const place = placeInGrid(rates, best);
  if (place !== 'lowest' && place !== 'highest') return null;
  const edge = best.learningRate;
  const inner = rates.at(place === 'lowest' ? 1 : -2)!.learningRate;
  const ratio = Math.max(smallestRatio, edge / inner, inner / edge);
  const learningRate = Number((place === 'lowest' ? edge / ratio : edge * ratio).toPrecision(2));
  return learningRate > 0 && learningRate < Infinity ? { learningRate, edge, place } : null;
}
