/**
 * The runs that were asked for, which become more where the grid of a variant is extended (results/gridExtension.ts). Which ones is a
 * function of the plan and the records of that variant alone: not of the order in which they were done, nor of how often the work was
 * stopped. The runs of an extension are a round of their own: groups of earlier rounds stay as they were cut.
 */
import type { PlannedRun } from '../results/experimentPlan.ts';
import { type GridExtension, gridExtension } from '../results/gridExtension.ts';
import { rateSummaries } from '../results/learningRates.ts';
import type { Store } from '../results/store.ts';
import { otherRun, type Run } from './plan.ts';

/** A grid that has grown. */
export interface Extension extends GridExtension {
  readonly variant: string;
  /** Which extension of this grid it is, from 1, of how many at most. */
  readonly round: number;
  readonly most: number;
  readonly runs: readonly Run[];
}

export interface GrowingRuns {
  /** All so far, done or not. */
  readonly runs: readonly Run[];
  /** Extends the variant's grid if all its runs are done and its best rate is at the edge. Null where the grid stays as it is. */
  extend(variant: string): Extension | null;
}

/** `asked`: runs of the grid as written. `most`: how often a grid may be extended. What was added before is taken up again. */
export function growingRuns(store: Store, asked: readonly Run[], most: number): GrowingRuns {
  const runs = [...asked];
  const planned = (variant: string): PlannedRun[] => store.plan.runs.filter((run) => run.variant === variant);
  const roundsOf = (variant: string): number => Math.max(0, ...planned(variant).map(({ round = 0 }) => round));
  const add = (more: readonly Run[]): void => {
    store.add(more);
    runs.push(...more);
  };

  const growing: GrowingRuns = {
    runs,
    extend(variant) {
      const own = runs.filter((run) => run.variant === variant);
      if (own.length === 0 || own.some(({ hash }) => !store.has(hash))) return null;
      const round = roundsOf(variant) + 1;
      if (round > most) return null;
      const records = store.read().filter(({ plan }) => plan.variant === variant);
      const extension = gridExtension(rateSummaries(planned(variant), records));
      if (extension === null) return null;
      const { edge, learningRate } = extension;
      const seeds = planned(variant).flatMap((run) => (run.learningRate === edge ? [run.seed] : []));
      const more = seeds.map((seed) => otherRun(own[0]!, { learningRate, seed, round }));
      add(more);
      return { ...extension, variant, round, most, runs: more };
    },
  };

  for (const variant of new Set(asked.map((run) => run.variant))) {
    const own = asked.filter((run) => run.variant === variant);
    add(begunRounds(planned(variant), own));
    while (growing.extend(variant)?.runs.every(({ hash }) => store.has(hash)));
  }
  return growing;
}

/** The runs of extensions that the folder's plan holds, with every seed that is asked for now. */
function begunRounds(planned: readonly PlannedRun[], asked: readonly Run[]): Run[] {
  const known = new Set(asked.map(({ hash }) => hash));
  const later = planned.filter((run) => run.round !== undefined && !known.has(run.hash));
  const rates = [...new Map(later.map(({ learningRate, round }) => [learningRate, round]))];
  return rates.flatMap(([learningRate, round]) => {
    const there = later.flatMap((run) => (run.learningRate === learningRate ? [run.seed] : []));
    const seeds = new Set([...there, ...asked.map(({ seed }) => seed)]);
    return [...seeds].map((seed) => otherRun(asked[0]!, { learningRate, seed, round }));
  });
}
