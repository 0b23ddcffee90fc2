/** What a person writes in an experiment file, checked, with nothing left open. */
import { methodOf } from '../adapters/compose.ts';
import type { TargetNames, Targets } from '../adapters/targets.ts';
import type { Method, Recipe } from '../adapters/types.ts';
import type { Task } from '../data/task.ts';
import { RequestError } from '../errors.ts';
import type { BaseSource } from './base.ts';
import { checkLearningRates, type TrainOptions, type TrainSettings, trainSettings } from './trainOptions.ts';

/** A recipe that is put on other sites than the rest, or searched over other learning rates. */
export interface VariantOptions {
  readonly recipe: Recipe;
  readonly adapt?: TargetNames | Targets;
  readonly learningRates?: readonly number[];
}

export interface ExperimentOptions {
  /** What the comparison is to find out; the report begins with it. */
  readonly question: string;
  readonly base: BaseSource;
  /** The target task. */
  readonly learn: Task;
  /** The source task, on which forgetting is measured. */
  readonly retain: Task;
  /** PEFT's grammar: a list of names, a regular expression, 'all-linear' or 'all'. */
  readonly adapt: TargetNames | Targets;
  /** By name, in the order of the charts. */
  readonly variants: { readonly [name: string]: Recipe | VariantOptions };
  readonly train: TrainOptions;
  /** How many (0, 1, 2 …), or which. */
  readonly seeds: number | readonly number[];
  /** What is different under --quick. */
  readonly quick?: QuickOptions;
}

export type QuickOptions = Partial<Omit<ExperimentOptions, 'question' | 'base' | 'train' | 'quick'>> & {
  readonly train?: Partial<TrainOptions>;
};

export interface Variant {
  readonly name: string;
  readonly method: Method;
  readonly targets: Targets;
  readonly learningRates: readonly number[];
}

export interface Experiment {
  readonly question: string;
  readonly base: BaseSource;
  readonly learn: Task;
  readonly retain: Task;
  readonly targets: Targets;
  readonly variants: readonly Variant[];
  readonly train: TrainSettings;
  readonly seeds: readonly number[];
  /** The small version; null where it has none. */
  readonly quick: Experiment | null;
}

/** Also of another copy of this package, which an experiment file may have imported. */
const mark: unique symbol = Symbol.for('adapterlab.experiment') as never;

/** Throws a RequestError that names the first thing that cannot be. */
export function defineExperiment(options: ExperimentOptions): Experiment {
  const { quick } = options;
  const small = quick && { ...options, ...quick, train: { ...options.train, ...quick.train } };
  return { ...experimentOf(options), quick: small ? { ...experimentOf(small), quick: null } : null };
}

/** Whether defineExperiment made it. */
export const isExperiment = (value: unknown): value is Experiment =>
  typeof value === 'object' && value !== null && mark in value;

function experimentOf(options: ExperimentOptions): Omit<Experiment, 'quick'> & { readonly [mark]: true } {
  for (const field of ['question', 'base', 'learn', 'retain', 'adapt', 'variants', 'train', 'seeds'] as const)
    if (options[field] === undefined) throw new RequestError(`the experiment lacks "${field}"`);
  const { question, base, learn, retain } = options;
  const targets = targetsOf(options.adapt);
  const train = trainSettings(options.train);
  const variants = Object.entries(options.variants).map(([name, given]) => variantOf(name, given, targets, train));
  if (variants.length === 0) throw new RequestError('the experiment has no variants; give at least one recipe by name');
  const seeds = seedsOf(options.seeds);
  return { [mark]: true, question, base, learn, retain, targets, variants, train, seeds };
}

function variantOf(name: string, given: Recipe | VariantOptions, targets: Targets, train: TrainSettings): Variant {
  if (name.trim() === '') throw new RequestError('a variant needs a name');
  const { recipe, adapt, learningRates } = 'recipe' in given ? given : { recipe: given };
  if (learningRates) checkLearningRates(`${name}: learningRates`, learningRates);
  return {
    name,
    method: withContext(name, () => methodOf(recipe)),
    targets: adapt === undefined ? targets : targetsOf(adapt),
    learningRates: learningRates ?? train.learningRates,
  };
}

function targetsOf(given: TargetNames | Targets): Targets {
  return typeof given === 'object' && 'targets' in given ? given : { targets: given };
}

function seedsOf(given: number | readonly number[]): readonly number[] {
  if (typeof given === 'number') {
    if (!Number.isInteger(given) || given < 1)
      throw new RequestError(`seeds must be how many there are, at least 1, or a list of them, not ${given}`);
    return Array.from({ length: given }, (_, seed) => seed);
  }
  if (given.length === 0) throw new RequestError('seeds: the list is empty');
  const odd = given.find((seed, i) => !Number.isSafeInteger(seed) || given.indexOf(seed) !== i);
  if (odd !== undefined) throw new RequestError(`seeds: each must be a whole number and there once; ${odd} is not`);
  return given;
}

function withContext<T>(name: string, f: () => T): T {
  try {
    return f();
  } catch (error) {
    if (error instanceof RequestError) throw new RequestError(`${name}: ${error.message}`);
    throw error;
  }
}
