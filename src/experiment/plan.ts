/**
 * An experiment as a list of runs: variants × learning rates × seeds, each with a hash of everything that decides its numbers. The
 * engine is not part of it: it changes the rounding, and every record says which it was.
 */
import { createHash } from 'node:crypto';
import { type ExperimentPlan, planSchemaName } from '../results/experimentPlan.ts';
import type { Json } from '../results/json.ts';
import { ownSettings, type Settings } from '../results/ownSettings.ts';
import type { RunPlan } from '../results/record/plan.ts';
import type { OpenBase } from './base.ts';
import type { Experiment } from './define.ts';
import { hashedSpecs, recipeSpec, targetSpec } from './planSpecs.ts';
import { trainSpec } from './trainOptions.ts';
import type { Variant } from './variant.ts';

/** A run before it is known with which others it shares its steps. */
export type Run = Omit<RunPlan, 'group'>;

export interface PlannedExperiment {
  /** For the results folder. */
  readonly plan: ExperimentPlan;
  readonly runs: readonly Run[];
}

export interface PlanNames {
  /** The folder below the results. */
  readonly experiment: string;
  /** What does the missing runs and the report again. */
  readonly command: string;
}

/** Reads the data and all of the bases' weights, for their hashes. `base`: the experiment's, opened; a variant's own is opened here. */
export function planExperiment(
  experiment: Experiment,
  base: OpenBase,
  { experiment: name, command }: PlanNames,
): PlannedExperiment {
  const { question, variants, seeds, observe } = experiment;
  const specOf = hashedSpecs(experiment, base);
  const settings: Settings = {
    base: specOf.base(experiment.base),
    learn: specOf.task(experiment.learn),
    retain: specOf.task(experiment.retain),
    adapt: targetSpec(experiment.targets),
    train: trainSpec(experiment.train),
  };
  // Plans without it stay what they were.
  const observed = Object.keys(observe).length > 0 && {
    observe: Object.fromEntries(Object.entries(observe).map(([key, task]) => [key, specOf.task(task)])),
  };
  const planned = variants.map((variant) => {
    const own: Settings = {
      base: specOf.base(variant.base),
      learn: specOf.task(variant.learn),
      retain: settings.retain,
      adapt: targetSpec(variant.targets),
      train: trainSpec(variant.train),
    };
    return { variant, own, recipe: recipeSpec(variant.method) };
  });
  const runs = planned.flatMap(({ variant, own, recipe }) =>
    variant.learningRates.flatMap((learningRate) =>
      seeds.map((seed): Run => {
        const deciding = { ...own, ...observed, recipe, variant: variant.name, learningRate, seed };
        return { experiment: name, question, ...deciding, hash: planHash(deciding) };
      }),
    ),
  );
  return {
    runs,
    plan: {
      schema: planSchemaName,
      experiment: name,
      question,
      command,
      // What is kept changes no number, so that no hash knows of it; but what was not kept cannot be had later.
      settings: { ...settings, ...observed, ...(experiment.keep !== 'nothing' && { keep: experiment.keep }) },
      variants: Object.fromEntries(
        planned.map(({ variant, own, recipe }) => [
          variant.name,
          { ...recipe, ...ownSettings(own, settings), ...forReports(variant) },
        ]),
      ),
      runs: runs.map(({ variant, learningRate, seed, hash }) => ({ variant, learningRate, seed, hash })),
    },
  };
}

/** Steps of a planned run. */
export const stepsOf = ({ train }: Pick<Run, 'train'>): number => train.steps as number;

/** What changes no number. */
function forReports({ factors, reference, matched }: Variant): Record<string, Json> {
  return {
    ...(Object.keys(factors).length > 0 && { factors: { ...factors } }),
    ...(reference !== null && { reference }),
    ...(matched !== null && { matched: { ...matched } }),
  };
}

/** What is different in a run that is otherwise the same. */
export interface OtherRun {
  readonly learningRate: number;
  readonly seed: number;
  /** The extension of the grid that the rate came with, from 1; absent where it is of the grid as written. */
  readonly round?: number | undefined;
}

/** The same variant at another learning rate with another seed. */
export function otherRun(run: Run, { learningRate, seed, round }: OtherRun): Run {
  const { experiment, question, hash: _, round: __, ...same } = run;
  const deciding = { ...same, learningRate, seed };
  return { experiment, question, ...deciding, ...(round !== undefined && { round }), hash: planHash(deciding) };
}

/** SHA-256 of the JSON with its keys sorted, so that their order has no say. */
export function planHash(value: Json): string {
  const sorted = (_key: string, part: unknown): unknown =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part;
  return createHash('sha256').update(JSON.stringify(value, sorted)).digest('hex');
}
