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

/** The runs that were asked for: all, or those of one variant. An unknown name is a RequestError. */
export function askedRuns({ runs }: Prepared, only: string | null): Run[] {
  const variants = [...new Set(runs.map(({ variant }) => variant))];
  if (only !== null && !variants.includes(only))
    throw new RequestError(`there is no variant "${only}"; the experiment has ${variants.join(', ')}`);
  return runs.filter(({ variant }) => only === null || variant === only);
}

/** Their groups, done or not. */
export const askedGroups = (prepared: Prepared, laneCap: number, only: string | null): Group[] =>
  groupsOf(askedRuns(prepared, only), laneCap);

/** Whether every run that was asked for is done. */
export const isComplete = (prepared: Prepared, only: string | null): boolean =>
  askedRuns(prepared, only).every(({ hash }) => prepared.store.has(hash));

/** Whether a run of it is missing: a group that is done in part is done again whole. */
export const isMissing = ({ store }: Prepared, { runs }: Group): boolean => runs.some(({ hash }) => !store.has(hash));

/** Where a group's state lies until it is done. */
export const stateFileOf = (folder: string, { id }: Group): string => path.join(folder, 'state', `${id}.safetensors`);
