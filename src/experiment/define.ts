/** What a person writes in an experiment file, checked, with nothing left open. */
import { fileURLToPath } from 'node:url';
import type { TargetNames, Targets } from '../adapters/targets.ts';
import type { Recipe } from '../adapters/types.ts';
import type { Task } from '../data/task.ts';
import { inContext, RequestError } from '../errors.ts';
import { checkNames, checkPresent, shown } from '../optionNames.ts';
import type { BaseSource } from './base.ts';
import { type Keep, keepOf } from './keep.ts';
import { type MatchOptions, matchVariants } from './match.ts';
import { checkObserved } from './observe.ts';
import { type TrainOptions, type TrainSettings, trainOptionNames, trainSettings } from './trainOptions.ts';
import { checkBase, checkTask, targetsOf, type Variant, variantDrafts, type VariantOptions } from './variant.ts';

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
  /** Further tasks, scored on their test data before and after; neither learnt nor the source. */
  readonly observe?: { readonly [name: string]: Task };
  /** Sizes of the recipes that are functions of { rank, alpha }: as many trained parameters for all. */
  readonly match?: MatchOptions;
  /**
   * How often a variant's grid of learning rates grows by a further rate where the best one is its lowest or its highest: 3 unless given,
   * 0 never. Under --quick 0 unless given there.
   */
  readonly extend?: number;
  /** Adapters kept as files beside the records, at the end or at every evaluation, for analyses. None unless given. */
  readonly keep?: 'adapters' | 'trajectory';
  /** What is different under --quick. */
  readonly quick?: QuickOptions;
}

export type QuickOptions = Partial<Omit<ExperimentOptions, 'question' | 'base' | 'train' | 'quick'>> & {
  readonly train?: Partial<TrainOptions>;
};

export interface Experiment {
  readonly question: string;
  readonly base: BaseSource;
  readonly learn: Task;
  readonly retain: Task;
  readonly targets: Targets;
  readonly variants: readonly Variant[];
  readonly train: TrainSettings;
  readonly seeds: readonly number[];
  /** By name; empty where nothing else is scored. */
  readonly observe: { readonly [name: string]: Task };
  /** How often a grid of learning rates may grow. */
  readonly extend: number;
  readonly keep: Keep;
  /** The small version; null where it has none. */
  readonly quick: Experiment | null;
}

/** Holds which copy of this package made it. */
const mark: unique symbol = Symbol.for('adapterlab.experiment') as never;
/** The folder of this copy. */
export const packageFolder: string = fileURLToPath(new URL('../..', import.meta.url));

const names = ['question', 'base', 'learn', 'retain', 'adapt', 'variants', 'train', 'seeds'] as const;
const optionalNames = ['observe', 'match', 'extend', 'keep'] as const;
/** Of them, what --quick may change. */
const quickNames = [...names, ...optionalNames].filter((name) => name !== 'question' && name !== 'base');
const defaultExtend = 3;

/** Throws a RequestError that names the first thing that cannot be. Opens bases where sizes are to be matched, for their shapes. */
export function defineExperiment(options: ExperimentOptions): Experiment {
  checkNames('defineExperiment', options, [...names, ...optionalNames, 'quick']);
  const { quick } = options;
  if (quick === undefined) return { ...experimentOf(options), quick: null };
  checkNames('quick', quick, quickNames);
  if (quick.train !== undefined) checkNames('quick.train', quick.train, trainOptionNames);
  const small = { ...options, extend: 0, ...quick, train: { ...options.train, ...quick.train } };
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
    const { question, base, learn, retain, observe = {}, match = null } = options;
    if (typeof question !== 'string') throw new RequestError(`question must be a text, not ${shown(question)}`);
    checkBase(base);
    checkTask('learn', learn);
    checkTask('retain', retain);
    checkObserved(observe);
    const targets = targetsOf(options.adapt);
    const train = trainSettings(options.train);
    const drafts = variantDrafts(options.variants, { base, learn, targets, train: options.train });
    const variants = matchVariants(drafts, match);
    const seeds = seedsOf(options.seeds);
    const { extend = defaultExtend } = options;
    if (!Number.isInteger(extend) || extend < 0)
      throw new RequestError(
        `extend must be how often a grid of learning rates may grow, a whole number of at least 0, not ${shown(extend)}`,
      );
    const keep = keepOf(options.keep);
    const shared = { question, base, learn, retain, targets, variants, train, seeds };
    return { [mark]: packageFolder, ...shared, observe, extend, keep };
  });
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
