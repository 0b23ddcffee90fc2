/** One of the things compared: a recipe, and what is different for it alone. */
import { methodOf } from '../adapters/compose.ts';
import type { TargetNames, Targets } from '../adapters/targets.ts';
import type { Method, Recipe } from '../adapters/types.ts';
import type { Task } from '../data/task.ts';
import { inContext, RequestError } from '../errors.ts';
import { checkNames, checkPresent, shown } from '../optionNames.ts';
import type { MatchedSize } from '../results/variantInPlan.ts';
import type { BaseSource } from './base.ts';
import { checkFactors, type Factors } from './factors.ts';
import { checkLearningRates, type TrainOptions, type TrainSettings, trainSettings } from './trainOptions.ts';

/** A recipe of any size, for experiments that match budgets (match.ts). */
export type SizedRecipe = (size: { readonly rank: number; readonly alpha: number }) => Recipe;

/** What a variant may have of its own, instead of the experiment's. */
export interface VariantOptions {
  /** The function where the experiment matches budgets; a method such as lora is one itself. */
  readonly recipe: Recipe | SizedRecipe;
  readonly adapt?: TargetNames | Targets;
  readonly learningRates?: readonly number[];
  readonly base?: BaseSource;
  readonly learn?: Task;
  /** Options that differ from the experiment's `train`; defaults follow from both together. */
  readonly train?: Partial<Omit<TrainOptions, 'learningRates'>>;
  /** Its place in a design, { rank: 8, examples: 100 }: reports draw scores against them. They change no number. */
  readonly factors?: Factors;
  /** The variant that it is compared with; LoRA, or the first, unless given; with itself it is compared with nothing. */
  readonly reference?: string;
}

export interface Variant {
  readonly name: string;
  readonly method: Method;
  readonly targets: Targets;
  readonly learningRates: readonly number[];
  readonly base: BaseSource;
  readonly learn: Task;
  readonly train: TrainSettings;
  /** Empty where none are given. */
  readonly factors: Factors;
  /** Null: the experiment's. */
  readonly reference: string | null;
  /** The size that was solved for; null where the recipe has its own. */
  readonly matched: MatchedSize | null;
}

/** A variant whose recipe may still be one of any size. */
export interface VariantDraft extends Omit<Variant, 'method' | 'matched'> {
  readonly recipe: Method | SizedRecipe;
}

/** What variants share unless they say otherwise. */
export interface Common {
  readonly base: BaseSource;
  readonly learn: Task;
  readonly targets: Targets;
  readonly train: TrainOptions;
}

const optionNames: readonly (keyof VariantOptions)[] = [
  'recipe',
  'adapt',
  'learningRates',
  'base',
  'learn',
  'train',
  'factors',
  'reference',
];
const slots = ['storage', 'update', 'rescale', 'groups', 'control', 'dropout'];

/** By name. Throws a RequestError that names the first thing that cannot be. */
export function variantDrafts(
  given: { readonly [name: string]: Recipe | VariantOptions },
  common: Common,
): VariantDraft[] {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new RequestError(
      `variants must hold recipes by name, such as { LoRA: lora({ rank: 8 }) }, not ${shown(given)}`,
    );
  const names = Object.keys(given);
  if (names.length === 0)
    throw new RequestError('variants must hold at least one recipe by name, such as { LoRA: lora({ rank: 8 }) }');
  const twice = names.find((name, i) => names.findIndex((other) => other.trim() === name.trim()) !== i);
  if (twice !== undefined) throw new RequestError(`there are two variants of the name "${twice.trim()}"; rename one`);
  const drafts = Object.entries(given).map(([name, own]) => draftOf(name, own, common));
  checkFactors(drafts);
  for (const draft of drafts) checkReference(draft, names);
  return drafts;
}

function draftOf(name: string, given: Recipe | VariantOptions, common: Common): VariantDraft {
  if (name.trim() === '') throw new RequestError('a variant needs a name');
  return inContext(`${name}: `, () => {
    if (typeof given !== 'object' || given === null)
      throw new RequestError(`a variant must be a recipe such as lora({ rank: 8 }), not ${shown(given)}`);
    const hasOwn = optionNames.some((option) => option in given);
    if (hasOwn) {
      checkNames('a variant', given, optionNames);
      checkPresent('a variant with options of its own', given, ['recipe']);
    }
    const own: VariantOptions = hasOwn ? (given as VariantOptions) : { recipe: given as Recipe };
    const { recipe, adapt, learningRates, base = common.base, learn = common.learn, reference = null } = own;
    if (typeof recipe !== 'function') checkNames('a recipe', recipe, slots);
    if (learningRates !== undefined) checkLearningRates('learningRates', learningRates);
    checkBase(base);
    checkTask('learn', learn);
    return {
      name,
      recipe: typeof recipe === 'function' ? recipe : methodOf(recipe),
      targets: adapt === undefined ? common.targets : targetsOf(adapt),
      learningRates: learningRates ?? common.train.learningRates,
      base,
      learn,
      train: trainOf(own, common.train),
      factors: own.factors ?? {},
      reference,
    };
  });
}

function trainOf({ train }: VariantOptions, common: TrainOptions): TrainSettings {
  if (train === undefined) return trainSettings(common);
  if (typeof train !== 'object' || train === null || Array.isArray(train))
    throw new RequestError(`train must be an object such as { steps: 100 }, not ${shown(train)}`);
  if ('learningRates' in train)
    throw new RequestError('learningRates of a variant stand beside its recipe, not in its train');
  return trainSettings({ ...common, ...train });
}

function checkReference({ name, reference }: VariantDraft, names: readonly string[]): void {
  if (reference !== null && !names.includes(reference))
    throw new RequestError(`${name}: reference must be a variant (${names.join(', ')}), not ${shown(reference)}`);
}

/** Of an experiment that has it. */
export const variantNamed = ({ variants }: { readonly variants: readonly Variant[] }, name: string): Variant =>
  variants.find((variant) => variant.name === name)!;

/** Throws a RequestError unless it is a place where a pretrained network comes from. */
export function checkBase(base: BaseSource): void {
  if (typeof base?.open !== 'function')
    throw new RequestError(`base must be a base such as smallWorld() or huggingFace(folder), not ${shown(base)}`);
}

/** Throws a RequestError unless it is a task; `what` says which. */
export function checkTask(what: string, task: Task): void {
  // A text can be split, too.
  if (typeof task?.split !== 'function' || typeof task.hash !== 'function')
    throw new RequestError(`${what} must be a task such as sums({ digits: 2 }), not ${shown(task)}`);
}

/** Names alone, or an object that says more. */
export function targetsOf(given: TargetNames | Targets): Targets {
  if (typeof given === 'string' || Array.isArray(given)) return { targets: given as TargetNames };
  checkNames('adapt', given, ['targets', 'exclude', 'layers', 'layersPattern', 'biases', 'whole']);
  checkPresent('adapt', given as Targets, ['targets']);
  return given as Targets;
}
