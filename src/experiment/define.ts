/** What a person writes in an experiment file, checked, with nothing left open. */
import { fileURLToPath } from 'node:url';
import { methodOf } from '../adapters/compose.ts';
import type { TargetNames, Targets } from '../adapters/targets.ts';
import type { Method, Recipe } from '../adapters/types.ts';
import type { Task } from '../data/task.ts';
import { inContext, RequestError } from '../errors.ts';
import { checkNames, checkPresent, shown } from '../optionNames.ts';
import type { BaseSource } from './base.ts';
import { type Keep, keepOf } from './keep.ts';
import {
  checkLearningRates,
  type TrainOptions,
  type TrainSettings,
  trainSettings,
  trainOptionNames,
} from './trainOptions.ts';

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
  /** Adapters kept as files beside the records, at the end or at every evaluation, for analyses. None unless given. */
  readonly keep?: 'adapters' | 'trajectory';
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
  readonly keep: Keep;
  /** The small version; null where it has none. */
  readonly quick: Experiment | null;
}

/** Holds which copy of this package made it. */
const mark: unique symbol = Symbol.for('adapterlab.experiment') as never;
/** The folder of this copy. */
export const packageFolder: string = fileURLToPath(new URL('../..', import.meta.url));

const names = ['question', 'base', 'learn', 'retain', 'adapt', 'variants', 'train', 'seeds'] as const;
/** Of them, what --quick may change. */
const quickNames = [...names, 'keep'].filter((name) => name !== 'question' && name !== 'base');
const slots = ['storage', 'update', 'rescale', 'groups', 'control', 'dropout'];

/** Throws a RequestError that names the first thing that cannot be. */
export function defineExperiment(options: ExperimentOptions): Experiment {
  checkNames('defineExperiment', options, [...names, 'keep', 'quick']);
  const { quick } = options;
  if (quick === undefined) return { ...experimentOf(options), quick: null };
  checkNames('quick', quick, quickNames);
  if (quick.train !== undefined) checkNames('quick.train', quick.train, trainOptionNames);
  const small = { ...options, ...quick, train: { ...options.train, ...quick.train } };
  return { ...experimentOf(options), quick: { ...experimentOf(small, 'quick: '), quick: null } };
}

/** Whether defineExperiment made it, that of this copy of the package or of another. */
export const isExperiment = (value: unknown): value is Experiment =>
  typeof value === 'object' && value !== null && mark in value;

/** The folder of the copy of this package that made it. */
export const madeBy = (experiment: Experiment): string => (experiment as unknown as { [mark]: string })[mark];

function experimentOf(
  options: ExperimentOptions,
  context = '',
): Omit<Experiment, 'quick'> & { readonly [mark]: string } {
  return inContext(context, () => {
    checkPresent('the experiment', options, names);
    const { question, base, learn, retain } = options;
    if (typeof question !== 'string') throw new RequestError(`question must be a text, not ${shown(question)}`);
    if (typeof base?.open !== 'function')
      throw new RequestError(`base must be a base such as smallWorld() or huggingFace(folder), not ${shown(base)}`);
    for (const [name, task] of Object.entries({ learn, retain }))
      if (typeof task?.split !== 'function')
        throw new RequestError(`${name} must be a task such as sums({ digits: 2 }), not ${shown(task)}`);
    const targets = targetsOf(options.adapt);
    const train = trainSettings(options.train);
    if (typeof options.variants !== 'object' || options.variants === null || Array.isArray(options.variants))
      throw new RequestError(
        `variants must hold recipes by name, such as { LoRA: lora({ rank: 8 }) }, not ${shown(options.variants)}`,
      );
    if (Object.keys(options.variants).length === 0)
      throw new RequestError('variants must hold at least one recipe by name, such as { LoRA: lora({ rank: 8 }) }');
    const variants = Object.entries(options.variants).map(([name, given]) => variantOf(name, given, targets, train));
    const seeds = seedsOf(options.seeds);
    const keep = keepOf(options.keep);
    return { [mark]: packageFolder, question, base, learn, retain, targets, variants, train, seeds, keep };
  });
}

function variantOf(name: string, given: Recipe | VariantOptions, targets: Targets, train: TrainSettings): Variant {
  if (name.trim() === '') throw new RequestError('a variant needs a name');
  return inContext(`${name}: `, () => {
    if (typeof given !== 'object' || given === null)
      throw new RequestError(`a variant must be a recipe such as lora({ rank: 8 }), not ${shown(given)}`);
    const own = 'recipe' in given || 'adapt' in given || 'learningRates' in given;
    if (own) checkNames('a variant', given, ['recipe', 'adapt', 'learningRates']);
    const { recipe, adapt, learningRates }: VariantOptions = own
      ? (given as VariantOptions)
      : { recipe: given as Recipe };
    checkNames('a recipe', recipe, slots);
    if (learningRates) checkLearningRates('learningRates', learningRates);
    return {
      name,
      method: methodOf(recipe),
      targets: adapt === undefined ? targets : targetsOf(adapt),
      learningRates: learningRates ?? train.learningRates,
    };
  });
}

function targetsOf(given: TargetNames | Targets): Targets {
  if (typeof given === 'string' || Array.isArray(given)) return { targets: given as TargetNames };
  checkNames('adapt', given, ['targets', 'exclude', 'layers', 'layersPattern', 'biases', 'whole']);
  checkPresent('adapt', given as Targets, ['targets']);
  return given as Targets;
}

const mostSeeds = 1000;

function seedsOf(given: number | readonly number[]): readonly number[] {
  if (typeof given === 'number') {
    if (!Number.isInteger(given) || given < 1 || given > mostSeeds)
      throw new RequestError(
        `seeds must be how many there are, from 1 to ${mostSeeds}, or a list of them, not ${given}`,
      );
    return Array.from({ length: given }, (_, seed) => seed);
  }
  if (!Array.isArray(given)) throw new RequestError(`seeds must be a number or a list, not ${shown(given)}`);
  if (given.length === 0) throw new RequestError('seeds: the list is empty');
  const odd = given.find((seed, i) => !Number.isSafeInteger(seed) || given.indexOf(seed) !== i);
  if (odd !== undefined) throw new RequestError(`seeds: each must be a whole number and there once; ${odd} is not`);
  return given;
}
