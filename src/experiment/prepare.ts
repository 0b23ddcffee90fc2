/** From an experiment to its results folder and the groups that are still to be done. */
import path from 'node:path';
import { RequestError } from '../errors.ts';
import { lockFolder, type Release } from '../results/lock.ts';
import { openStore, type Store } from '../results/store.ts';
import { type OpenBase, readSites, sitesIn } from './base.ts';
import type { Experiment } from './define.ts';
import type { Group } from './groups.ts';
import { type GrowingRuns, growingRuns } from './growingRuns.ts';
import { type PlanNames, planExperiment, type Run } from './plan.ts';
import { methodFor } from './variantSites.ts';

export interface Prepared {
  readonly store: Store;
  /** The runs that were asked for, done or not, with those that grids were extended by. */
  readonly runs: readonly Run[];
  /** Extends a variant's grid of learning rates where its records ask for it (growingRuns.ts). */
  readonly extend: GrowingRuns['extend'];
  /** Gives the folder free for other processes. */
  readonly release: Release;
}

export interface PrepareOptions extends PlanNames {
  /** The folder of all results. */
  readonly results: string;
  /** One variant instead of all. */
  readonly only: string | null;
}

/**
 * Checks what can be checked without training, and opens (or makes) `<results>/<experiment>`. Throws a RequestError for a variant
 * that there is none of, targets that match nothing, a missing or broken base, missing data, a folder that holds another plan and
 * one that is in use. Release it when done.
 */
export function prepareExperiment(experiment: Experiment, { results, only, ...names }: PrepareOptions): Prepared {
  const variants = experiment.variants.map(({ name }) => name);
  if (only !== null && !variants.includes(only))
    throw new RequestError(`there is no variant "${only}"; the experiment has ${variants.join(', ')}`);
  const base = experiment.base.open();
  try {
    checkSites(experiment, base);
    const { plan, runs } = planExperiment(experiment, base, names);
    const asked = runs.filter(({ variant }) => only === null || variant === only);
    const folder = path.join(results, names.experiment);
    const release = lockFolder(folder);
    try {
      const store = openStore(folder, plan);
      const { runs: growing, extend } = growingRuns(store, asked, experiment.extend);
      return { store, runs: growing, extend, release };
    } catch (error) {
      release();
      throw error;
    }
  } finally {
    base.checkpoint.close();
  }
}

/** Whether every variant's method can be put where it should, on the base that it has. */
function checkSites(experiment: Experiment, base: OpenBase): void {
  const sites = new Map([[experiment.base, sitesIn(base)]]);
  for (const variant of experiment.variants) {
    const known = sites.get(variant.base) ?? readSites(variant.base);
    sites.set(variant.base, known);
    methodFor(variant, known);
  }
}

/** Whether every run that was asked for is done. */
export const isComplete = ({ store, runs }: Prepared): boolean => runs.every(({ hash }) => store.has(hash));

/** Whether a run of it is missing: a group that is done in part is done again whole. */
export const isMissing = ({ store }: Prepared, { runs }: Group): boolean => runs.some(({ hash }) => !store.has(hash));

/** Where a group's state lies until it is done. */
export const stateFileOf = (folder: string, { id }: Group): string => path.join(folder, 'state', `${id}.safetensors`);
