import { mean } from '../statistics/mean.ts';
import { standardDeviation } from '../statistics/standardDeviation.ts';
import type { Estimate } from './estimate.ts';

/** How much the choice of the method moves a quantity, against the choice of the seed; in the quantity's unit. */
export interface MethodSpread {
  /** Standard deviation of the variants' means. */
  betweenVariants: number;
  /** Standard deviation over seeds within a variant, pooled over the variants. */
  betweenSeeds: number;
  /**
   * betweenVariants / betweenSeeds. Below 1, another seed moves a single run more than another method does; null where seeds make no
   * difference at all.
   */
  ratio: number | null;
  /**
   * The ratio that methods without any difference would have, about: 1 / √k, with k seeds for each (the harmonic mean of their numbers);
   * less where seeds move all variants together.
   */
  ratioWithoutDifference: number;
  variants: number;
}

/**
 * Standard deviations of the n variants' means m and of seeds within them:
 *
 *     between variants: √(Σ (mᵢ - mean m)² / (n - 1)),   between seeds: √(Σ (kᵢ - 1) sᵢ² / Σ (kᵢ - 1))
 *
 * with kᵢ seeds and the standard deviation sᵢ of variant i. Null for fewer than two variants with two seeds or more.
 */
export function methodSpread(estimates: readonly Estimate[]): MethodSpread | null {
  const known = estimates.filter(({ values }) => values.length > 1);
  if (known.length < 2) return null;
  const freedom = known.reduce((sum, { values }) => sum + values.length - 1, 0);
  const squares = known.reduce(
    (sum, { values }) => sum + (values.length - 1) * standardDeviation(values.map(({ value }) => value)) ** 2,
    0,
  );
  const betweenVariants = standardDeviation(known.map((one) => one.mean));
  const betweenSeeds = Math.sqrt(squares / freedom);
  const ratio = betweenSeeds > 0 ? betweenVariants / betweenSeeds : null;
  const ratioWithoutDifference = Math.sqrt(mean(known.map(({ values }) => 1 / values.length)));
  return { betweenVariants, betweenSeeds, ratio, ratioWithoutDifference, variants: known.length };
}
