import { type Estimate, estimate } from './estimate.ts';
import type { ComparisonRequest } from './comparison.ts';
import type { FinishedRun } from './record.ts';
import { type TrajectoryPoint, trajectory } from './trajectory.ts';

/** What two variants have forgotten when they have learnt the same. */
export interface MatchedQuality {
  reference: string;
  /** The target loss on validation data, in nats, that every run of both has reached. */
  targetLossNats: number;
  /** Source loss on validation data, in nats, where each run reached it. */
  source: { reference: Estimate; variant: Estimate };
}

/**
 * The comparison at matched target quality. A method that learns less forgets less: losses on the source at the end of training are
 * fairly compared only where the target was learnt equally well. The level is the lowest target loss that all runs reach (the largest
 * of their minima), and each run's source loss is taken where its trajectory first comes down to it, on the line between the two
 * evaluations around. Null where the runs have no trajectory, or the level is none that was learnt: some run starts at it or below.
 */
export function matchedQuality(
  reference: string,
  of: readonly FinishedRun[],
  variant: readonly FinishedRun[],
): MatchedQuality | null {
  const [ofPoints, variantPoints] = [of, variant].map((runs) =>
    runs.map((run) => ({ seed: run.plan.seed, points: trajectory(run.evaluations) })),
  );
  const all = [...ofPoints, ...variantPoints].map(({ points }) => points);
  if (of.length === 0 || variant.length === 0 || all.some((points) => points.length < 2)) return null;
  const targetLossNats = Math.max(...all.map((points) => Math.min(...points.map((point) => point.targetLossNats))));
  if (all.some(([start]) => start.targetLossNats <= targetLossNats)) return null;
  const sourceOf = (runs: typeof ofPoints): Estimate =>
    estimate(runs.map(({ seed, points }) => ({ seed, value: sourceLossAt(points, targetLossNats)! })));
  return { reference, targetLossNats, source: { reference: sourceOf(ofPoints), variant: sourceOf(variantPoints) } };
}

/** The source loss where a trajectory first reaches a target loss from above; null where it never does. */
export function sourceLossAt(points: readonly TrajectoryPoint[], targetLossNats: number): number | null {
  const after = points.findIndex((point) => point.targetLossNats <= targetLossNats);
  if (after === -1) return null;
  const [from, to] = [points[Math.max(0, after - 1)], points[after]];
  if (from.targetLossNats <= targetLossNats) return from.sourceLossNats;
  const share = (from.targetLossNats - targetLossNats) / (from.targetLossNats - to.targetLossNats);
  return from.sourceLossNats + share * (to.sourceLossNats - from.sourceLossNats);
}

/** Its source losses, to be compared seed by seed. */
export function atMatchedQuality(matched: MatchedQuality | null): ComparisonRequest | null {
  if (matched === null) return null;
  const { reference, source } = matched;
  return { reference, of: source.reference.values, variant: source.variant.values };
}
