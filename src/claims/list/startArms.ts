/** The arms of the experiment on starts away from the base: their place in the design, and what the start costs. */
import type { SeedValue } from '../../results/estimate.ts';
import { bestOf, type WeighedExperiment } from '../evidence.ts';
import { NotMeasured } from '../notMeasured.ts';
import { ofRuns } from '../seedValues.ts';

export interface StartArm {
  readonly variant: string;
  readonly width: number;
  readonly rank: number;
  readonly sigma: number;
  /** The source loss at step 0 on validation data, in nats. */
  readonly start: readonly SeedValue[];
}

/** Those with a width, a rank and a σ. */
export function startArms(experiment: WeighedExperiment): StartArm[] {
  const arms = experiment.summary.variants.flatMap(({ variant, factors, best }) => {
    const { width, rank, sigma } = factors;
    if (!best || typeof width !== 'number' || typeof rank !== 'number' || typeof sigma !== 'number') return [];
    return [{ variant, width, rank, sigma, start: sourceAtStart(experiment, variant) }];
  });
  if (arms.length === 0) throw new NotMeasured('no arm with a width, a rank and a σ has finished');
  return arms;
}

export const sourceAtStart = (experiment: WeighedExperiment, variant: string): SeedValue[] =>
  ofRuns(bestOf(experiment, variant).runs, ({ evaluations }) => evaluations[0]?.retain.lossNats ?? NaN);

/** A constant below it, so the same slope: the base of each width is the same for all of its arms. */
export const riseAtStart = ({ start }: StartArm): readonly SeedValue[] => start;
