import type { PlannedRun } from './experimentPlan.ts';
import { type Estimate, estimate } from './estimate.ts';
import type { FinishedRun, RunRecord } from './record.ts';

export interface RunCounts {
  finished: number;
  diverged: number;
  failed: number;
  /** Planned, but without a record. */
  missing: number;
}

/** One variant at one learning rate. */
export interface RateSummary {
  learningRate: number;
  counts: RunCounts;
  finished: FinishedRun[];
  /** Loss on the target's validation data, in nats, over the seeds that finished; null where none did. */
  validationLossNats: Estimate | null;
}

/** The learning rates of one variant, ascending, from its planned runs and their records. */
export function rateSummaries(planned: readonly PlannedRun[], records: readonly RunRecord[]): RateSummary[] {
  const rates = [...new Set(planned.map((run) => run.learningRate))].sort((a, b) => a - b);
  return rates.map((learningRate) => {
    const here = records.filter((record) => record.plan.learningRate === learningRate);
    const finished = here.filter((record) => record.status === 'finished');
    const losses = finished.map(({ plan, final }) => ({ seed: plan.seed, value: final.learn.validation.lossNats }));
    const plannedHere = planned.filter((run) => run.learningRate === learningRate).length;
    return {
      learningRate,
      finished,
      counts: {
        finished: finished.length,
        diverged: here.filter(({ status }) => status === 'diverged').length,
        failed: here.filter(({ status }) => status === 'failed').length,
        missing: plannedHere - here.length,
      },
      validationLossNats: losses.length > 0 ? estimate(losses) : null,
    };
  });
}

/**
 * The rate with the lowest mean loss on the target's *validation* data (the test data have no say). A run that diverged or
 * failed is infinitely bad, and one that is still missing may turn out so: such a rate is never chosen. Null where every rate
 * has such a run.
 */
export function bestRate(rates: readonly RateSummary[]): RateSummary | null {
  const loss = ({ counts, validationLossNats }: RateSummary): number =>
    validationLossNats !== null && counts.diverged + counts.failed + counts.missing === 0
      ? validationLossNats.mean
      : Infinity;
  const best = [...rates].sort((a, b) => loss(a) - loss(b)).at(0);
  return best !== undefined && loss(best) < Infinity ? best : null;
}

/** Where the best rate lies in the grid. At an edge, the best of all rates may lie outside. */
export type PlaceInGrid = 'inside' | 'lowest' | 'highest' | 'only';

export function placeInGrid(rates: readonly RateSummary[], best: RateSummary): PlaceInGrid {
  if (rates.length === 1) return 'only';
  if (best === rates[0]) return 'lowest';
  return best === rates.at(-1) ? 'highest' : 'inside';
}
