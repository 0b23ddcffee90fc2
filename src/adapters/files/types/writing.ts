/** What the writers of all peft_types are given, and what they give. */
import type { Role } from '../../../tensor/arena.ts';
import type { TrainedPart } from '../../trainedSite.ts';
import type { StoredMatrix } from '../stored.ts';
import type { StoredTensor } from '../storedTensor.ts';
import type { Configuration } from './configuration.ts';

export type NamedTensor = readonly [key: string, tensor: StoredMatrix];

/** What is peculiar to a type: keys of its configuration, and the tensors of the adapted sites. */
export interface Written {
  readonly configuration: Configuration;
  readonly tensors: readonly NamedTensor[];
}

export interface WriteContext {
  /** Steps of the run, where they are known. */
  readonly steps: number | null;
  /** The name and form of a tensor of a site. */
  form(site: string, role: Role, shape: readonly number[]): StoredTensor;
  /** The shortest names that say these modules of the base and no others. */
  endings(sites: readonly string[]): string[];
}

/** A tensor of ours, row-major, under its name and in its form. */
export function written(
  { form }: WriteContext,
  site: string,
  role: Role,
  shape: readonly number[],
  data: Float32Array,
): NamedTensor {
  const stored = form(site, role, shape);
  return [stored.key, { shape: stored.shape, data: stored.toFile(data) }];
}

/** All tensors that a part has trained, as they are. `shapes` by role. */
export const writtenAsTrained = (
  context: WriteContext,
  { name, numbers }: TrainedPart,
  shapes: { readonly [role: string]: readonly number[] },
): NamedTensor[] => Object.entries(shapes).map(([role, shape]) => written(context, name, role, shape, numbers(role)));

/** The part that a site consists of; null where only parts of a fused projection are adapted. */
export const wholeOf = ({
  name,
  parts,
}: {
  readonly name: string;
  readonly parts: readonly TrainedPart[];
}): TrainedPart | null => (parts.length === 1 && parts[0]!.name === name ? parts[0]! : null);

/** Whether all parts of all sites have an update and a rescale of these types. */
export const areOf = (
  sites: readonly { readonly parts: readonly TrainedPart[] }[],
  updates: readonly string[],
  rescales: readonly string[],
): boolean =>
  sites.every(({ parts }) =>
    parts.every(
      ({ method: { update, rescale } }) => updates.includes(update.spec.type) && rescales.includes(rescale.spec.type),
    ),
  );
