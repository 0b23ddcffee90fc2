/** The arms of the rank sweep: a rank under a rule for the effective scale. */
import type { BestRateSummary } from '../../results/summary.ts';
import type { WeighedExperiment } from '../evidence.ts';
import { NotMeasured } from '../notMeasured.ts';

export const rankRules = ['α fixed', 'α ∝ r', 'rsLoRA'] as const;

export interface RankArm {
  readonly variant: string;
  readonly rank: number;
  readonly best: BestRateSummary;
}

/** By rising rank; two at least. */
export function armsOfRule({ summary }: WeighedExperiment, rule: string): RankArm[] {
  const arms = summary.variants.flatMap(({ variant, factors: { rank, scaling }, best }) =>
    scaling === rule && typeof rank === 'number' && best ? [{ variant, rank, best }] : [],
  );
  if (arms.length < 2) throw new NotMeasured(`fewer than two ranks under the rule '${rule}' have finished`);
  return arms.sort((a, b) => a.rank - b.rank);
}
