import { mean } from '../statistics/mean.ts';
import type { RateSummary } from './learningRates.ts';
import { type TrajectoryPoint, trajectory } from './trajectory.ts';

/** A point of a variant's mean trajectory at one learning rate. */
export interface FrontierPoint extends TrajectoryPoint {
  variant: string;
  learningRate: number;
}

/**
 * The frontier of learning and forgetting: of the mean trajectories (over seeds, evaluation by evaluation) of all variants at all rates at
 * which every planned run finished, the points that no other beats in one loss without losing in the other, from the lowest target loss
 * to the lowest source loss. Means, since the best of many single runs is the luckiest. The start, where nothing is learnt, is left out.
 * The points were chosen on the data that they are measured on: differences as small as the noise of a mean decide among neighbours.
 */
export function frontier(variants: readonly { variant: string; rates: readonly RateSummary[] }[]): FrontierPoint[] {
  const points = variants.flatMap(({ variant, rates }) =>
    rates
      .filter(({ counts }) => counts.finished > 0 && counts.diverged + counts.failed + counts.missing === 0)
      .flatMap((rate) =>
        meanTrajectory(rate).map((point): FrontierPoint => ({ variant, learningRate: rate.learningRate, ...point })),
      ),
  );
  return nonDominated(points.filter(({ step }) => step > 0));
}

/** At the steps at which every run of a rate was evaluated. */
function meanTrajectory({ finished }: RateSummary): TrajectoryPoint[] {
  const runs = finished.map(({ evaluations }) => trajectory(evaluations));
  return runs[0].flatMap(({ step }) => {
    const here = runs.flatMap((points) => points.find((point) => point.step === step) ?? []);
    if (here.length < runs.length) return [];
    return [
      {
        step,
        targetLossNats: mean(here.map((point) => point.targetLossNats)),
        sourceLossNats: mean(here.map((point) => point.sourceLossNats)),
      },
    ];
  });
}

/** The points for which no other is at least as low in both losses and lower in one, by rising target loss; of equal ones the first. */
export function nonDominated<Point extends Omit<TrajectoryPoint, 'step'>>(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a.targetLossNats - b.targetLossNats || a.sourceLossNats - b.sourceLossNats);
  let lowest = Infinity;
  return sorted.filter(({ sourceLossNats }) => {
    if (sourceLossNats >= lowest) return false;
    lowest = sourceLossNats;
    return true;
  });
}
