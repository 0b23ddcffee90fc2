/** How AdaLoRA tells which triplets are worth their rank: one rule a file. The allocator prunes the lowest over all sites. */
import type { Stream } from '../../../tensor/random.ts';
import type { Described } from '../../json.ts';
import type { Triplets } from '../triplets.ts';

/** Of one lane. */
export interface Importance {
  /** After each step until the budget is final: the new values and this step's gradient, both of the whole lane. */
  update(values: Float32Array, gradients: Float32Array): void;
  /** S of every triplet, site after site; `values` are those after `step`. */
  scores(sites: readonly Triplets[], values: Float32Array, step: number): readonly number[];
  /** Everything that a continued run needs, by name; overwritten to go on from there. */
  readonly memory: { readonly [name: string]: Float32Array };
}

export interface ImportanceContext {
  /** Trained numbers of the lane. */
  readonly count: number;
  /** Of the moving means, where there are such. */
  readonly beta1: number;
  readonly beta2: number;
  /** The lane's own stream of these names. */
  random(...names: (string | number)[]): Stream;
}

export interface ImportanceRule extends Described {
  create(context: ImportanceContext): Importance;
}
