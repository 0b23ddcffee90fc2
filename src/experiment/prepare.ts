/** From an experiment to its results folder and the groups that are still to be done. */
import path from 'node:path';
import { RequestError } from '../errors.ts';
import { architectureOf } from '../families/index.ts';
import { sitesOf } from '../families/sites.ts';
import { openStore, type Store } from '../results/store.ts';
import type { Experiment } from './define.ts';
import { type Group, groupsOf } from './groups.ts';
import { type PlanNames, planExperiment, type Run } from './plan.ts';
import { methodFor } from './variantSites.ts';

export interface Prepared {
  readonly store: Store;
  readonly runs: readonly Run[];
}

/**
 * Checks what can be checked without training, and opens (or makes) `<results>/<experiment>`. Throws a RequestError for targets
 * that match nothing, a missing or broken base, missing data, and a folder that holds another plan.
 */
export function prepareExperiment(experiment: Experiment, names: PlanNames, results: string): Prepared {
  const base = experiment.base.open();
  try {
    const sites = sitesOf(architectureOf(base.checkpoint.config));
    for (const variant of experiment.variants) methodFor(variant, sites);
    const { plan, runs } = planExperiment(experiment, base, names);
    return { store: openStore(path.join(results, names.experiment), plan), runs };
  } finally {
    base.checkpoint.close();
  }
}

/** Groups of which a run is missing; of one variant only, if it is named. A group that is done in part is done again whole. */
export function missingGroups({ store, runs }: Prepared, laneCap: number, only: string | null): Group[] {
  const variants = [...new Set(runs.map(({ variant }) => variant))];
  if (only !== null && !variants.includes(only))
    throw new RequestError(`there is no variant "${only}"; the experiment has ${variants.join(', ')}`);
  return groupsOf(runs, laneCap).filter(
    (group) => (only === null || group.variant === only) && group.runs.some(({ hash }) => !store.has(hash)),
  );
}

/** Where a group's state lies until it is done. */
export const stateFileOf = (folder: string, { id }: Group): string => path.join(folder, 'state', `${id}.safetensors`);
