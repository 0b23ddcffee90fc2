/** Learning rates of one variant, seed by seed. */
import type { SeedValue } from '../../results/estimate.ts';
import type { WeighedExperiment } from '../evidence.ts';
import { NotMeasured } from '../notMeasured.ts';
import { ofRuns } from '../seedValues.ts';

/** Natural logarithm of the rate with the lowest validation loss of each seed by itself. A rate at which some seed diverged counts for the others. */
export function bestRateOfSeeds({ records }: WeighedExperiment, variant: string): SeedValue[] {
  const best = new Map<number, { rate: number; loss: number }>();
  for (const record of records) {
    if (record.status !== 'finished' || record.plan.variant !== variant) continue;
    const { seed, learningRate: rate } = record.plan;
    const loss = record.final.learn.validation.lossNats;
    if (loss < (best.get(seed)?.loss ?? Infinity)) best.set(seed, { rate, loss });
  }
  if (best.size === 0) throw new NotMeasured(`no run of '${variant}' has finished`);
  return [...best].map(([seed, { rate }]) => ({ seed, value: Math.log(rate) }));
}

/** Target test losses at one rate, of the seeds that finished. */
export const lossesAtRate = ({ records }: WeighedExperiment, variant: string, rate: number): SeedValue[] =>
  ofRuns(
    records.flatMap((record) =>
      record.status === 'finished' && record.plan.variant === variant && record.plan.learningRate === rate
        ? [record]
        : [],
    ),
    ({ final }) => final.learn.test.lossNats,
  );
