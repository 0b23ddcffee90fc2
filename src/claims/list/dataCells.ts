/** The cells of the design of rank × examples × difficulty. */
import type { BestRateSummary } from '../../results/summary.ts';
import type { WeighedExperiment } from '../evidence.ts';
import { NotMeasured } from '../notMeasured.ts';

export interface Cell {
  /** A rank as a text, or `full`. */
  readonly rank: string;
  readonly examples: number;
  readonly digits: number;
}

export function cellOf({ summary }: WeighedExperiment, { rank, examples, digits }: Cell): BestRateSummary {
  const found = summary.variants.find(
    ({ factors }) => String(factors.rank) === rank && factors.examples === examples && factors.digits === digits,
  );
  if (!found?.best)
    throw new NotMeasured(
      `${rank === 'full' ? rank : `rank ${rank}`} with ${examples} sums of ${digits} digits has not finished`,
    );
  return found.best;
}

export const examplesOf = (experiment: WeighedExperiment): number[] => levelsOf(experiment, 'examples');
export const digitsOf = (experiment: WeighedExperiment): number[] => levelsOf(experiment, 'digits');
/** Without `full`. */
export const ranksOf = (experiment: WeighedExperiment): number[] => levelsOf(experiment, 'rank');

/** The levels of a factor that are numbers, ascending; two at least. */
function levelsOf({ summary }: WeighedExperiment, factor: string): number[] {
  const values = summary.variants.map(({ factors }) => Number(factors[factor] ?? NaN));
  const levels = [...new Set(values.filter(Number.isFinite))].sort((a, b) => a - b);
  if (levels.length < 2) throw new NotMeasured(`there are fewer than two levels of '${factor}'`);
  return levels;
}
