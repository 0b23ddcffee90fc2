/**
 * An experiment as a list of runs: variants × learning rates × seeds, each with a hash of everything that decides its numbers. The
 * engine is not part of it: it changes the rounding, and every record says which it was.
 */
import { createHash } from 'node:crypto';
import type { Targets } from '../adapters/targets.ts';
import type { Method } from '../adapters/types.ts';
import type { Task } from '../data/task.ts';
import { type ExperimentPlan, planSchemaName } from '../results/experimentPlan.ts';
import type { Json } from '../results/json.ts';
import type { RunPlan } from '../results/record/plan.ts';
import type { OpenBase } from './base.ts';
import type { Experiment, Variant } from './define.ts';
import { trainSpec } from './trainOptions.ts';

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

/** Reads the data and all of the base's weights, for their hashes. */
export function planExperiment(
  experiment: Experiment,
  { checkpoint, tokenizer }: OpenBase,
  { experiment: name, command }: PlanNames,
): PlannedExperiment {
  const { question, variants, seeds } = experiment;
  const settings = {
    base: { ...experiment.base.spec, hash: checkpoint.hash(), tokenizer: tokenizer.hash },
    learn: taskSpec(experiment.learn),
    retain: taskSpec(experiment.retain),
    adapt: targetSpec(experiment.targets),
    train: trainSpec(experiment.train),
  };
  const runs = variants.flatMap((variant) =>
    variant.learningRates.flatMap((learningRate) =>
      seeds.map((seed): Run => {
        const recipe = recipeSpec(variant.method);
        const deciding = {
          ...settings,
          adapt: targetSpec(variant.targets),
          recipe,
          variant: variant.name,
          learningRate,
          seed,
        };
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
      settings,
      variants: Object.fromEntries(variants.map((variant) => [variant.name, variantSpec(variant, experiment)])),
      runs: runs.map(({ variant, learningRate, seed, hash }) => ({ variant, learningRate, seed, hash })),
    },
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

function recipeSpec({ storage, update, rescale, groups, control, dropout }: Method): Record<string, Json> {
  const specs = {
    storage: storage.spec,
    update: update.spec,
    rescale: rescale.spec,
    groups: groups.spec,
    control: control.spec,
  };
  return { ...(specs as unknown as Record<string, Json>), dropout };
}

/** The recipe, and what the variant has of its own. */
function variantSpec({ method, targets }: Variant, { targets: common }: Experiment): Json {
  return { ...recipeSpec(method), ...(targets === common ? {} : { adapt: targetSpec(targets) }) };
}

function taskSpec(task: Task): Json {
  return { name: task.name, ...(task.spec as { [key: string]: Json }), hash: task.hash() };
}

/** The bare names where there is nothing else to say. */
function targetSpec(targets: Targets): Json {
  return (Object.keys(targets).length === 1 ? targets.targets : targets) as Json;
}
