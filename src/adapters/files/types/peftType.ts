/** What a peft_type of PEFT is in our terms: how its configuration reads, under which names it stores its tensors, and what it can hold. */
import { z } from 'zod';
import { RequestError } from '../../../errors.ts';
import type { TargetNames } from '../../targets.ts';
import type { TrainedSite } from '../../trainedSite.ts';
import type { Recipe, SiteKind } from '../../types.ts';
import type { StoredTensor } from '../storedTensor.ts';
import type { WriteContext, Written } from './writing.ts';

/** A tensor of the adapter's weights by its name there. */
export type ReadTensor = (key: string) => { readonly shape: readonly number[]; readonly data: Float32Array };

/** What a configuration does not say itself. */
export interface PeftContext {
  readonly file: string;
  /** Asked for frozen tensors that all sites share. */
  readonly read: ReadTensor;
  /** A stays as it starts: LoRA-FA, which PEFT has as an optimizer. */
  readonly freezeDown?: boolean;
}

/** Where PEFT puts a method that is given no targets, by kinds of methods; null where it does not say. */
export interface DefaultTargets {
  readonly lora: TargetNames | null;
  readonly adalora: TargetNames | null;
  readonly ia3: TargetNames | null;
}

export interface PeftRecipe {
  readonly recipe: Recipe;
  /** Steps that a method's own schedule is made for; null where it has none. */
  readonly steps: number | null;
}

/** The name of a tensor that begins with `prefix`, the module's name in the file. `stored`: the shape of the base's own tensor there. */
export type StoredAs = (
  prefix: string,
  shape: readonly number[],
  site: { readonly kind: SiteKind; readonly stored: readonly number[] },
) => StoredTensor;

export interface PeftType {
  /** Which of a family's default targets it takes where its file names none. */
  readonly defaults: keyof DefaultTargets;
  /** Throws a RequestError for a configuration that cannot be, Unsupported for one that cannot be followed. */
  read(json: unknown, context: PeftContext): PeftRecipe;
  /** Trained and frozen tensors of a site by role. */
  readonly tensors: { readonly [role: string]: StoredAs };
  /** What `bias` says where the biases of the adapted modules train; null where it cannot. */
  readonly adaptedBiases: string | null;
  /** Whether its files can hold what was trained at these sites. Tensors that train as they are stand apart (wholeTensors.ts). */
  holds(sites: readonly TrainedSite[]): boolean;
  write(sites: readonly TrainedSite[], context: WriteContext): Written;
}

/** A configuration by its schema; a RequestError that names the file otherwise. */
export function parsed<T>(schema: z.ZodType<T>, json: unknown, file: string): T {
  const result = schema.safeParse(json);
  if (!result.success) throw new RequestError(`${file}: ${z.prettifyError(result.error)}`);
  return result.data;
}

/** α or rank by site. */
export const pattern: z.ZodType<{ [expression: string]: number }> = z
  .record(z.string(), z.number())
  .nullish()
  .transform((given) => given ?? {});
