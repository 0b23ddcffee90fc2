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
  /** 0 where it is of the grid as written, else the extension that added it, from 1. */
  round: number;
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
    const plannedHere = planned.filter((run) => run.learningRate === learningRate);
    return {
      learningRate,
      round: Math.min(...plannedHere.map(({ round = 0 }) => round)),
      finished,
      counts: {
        finished: finished.length,
        diverged: here.filter(({ status }) => status === 'diverged').length,
        failed: here.filter(({ status }) => status === 'failed').length,
        missing: plannedHere.length - here.length,
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

/**
 * Where the best rate lies in the grid. At an edge, the best of all rates may lie outside; 'tied' where it is at an edge and another
 * rate is as good, so that nothing points outside.
 */
export type PlaceInGrid = 'inside' | 'lowest' | 'highest' | 'tied' | 'only';

/** Mean losses that differ by less, as a share of them, differ by rounding. */
const roundingOfLoss = 1e-6;

/**
 * A rate at which a run diverged is worse than any other, so its neighbour is inside. One at which a run failed or is missing says
 * nothing: it is as if it were not there.
 */
export function placeInGrid(rates: readonly RateSummary[], best: RateSummary): PlaceInGrid {
  const known = rates.filter(({ counts }) => counts.diverged > 0 || counts.failed + counts.missing === 0);
  if (known.length === 1) return 'only';
  const place = best === known[0] ? 'lowest' : best === known.at(-1) ? 'highest' : 'inside';
  return place !== 'inside' && known.some((rate) => rate !== best && isAsGood(rate, best)) ? 'tied' : place;
}

function isAsGood({ counts, validationLossNats }: RateSummary, best: RateSummary): boolean {
  if (counts.diverged > 0 || validationLossNats === null) return false;
  const lowest = best.validationLossNats!.mean;
  return validationLossNats.mean - lowest <= roundingOfLoss * Math.abs(lowest);
}
