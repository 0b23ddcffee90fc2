/** The registry of storages: one file and one line each. */
import { closestNames } from '../../closestNames.ts';
import { RequestError } from '../../errors.ts';
import type { Spec } from '../json.ts';
import type { Storage } from '../types.ts';
import { blockKinds } from './blockKinds.ts';
import { dynamic8 } from './dynamic8.ts';
import { float32 } from './float32.ts';
import { int8 } from './int8.ts';

const { nf4, fp4, ...others } = blockKinds;

/** Each with its own defaults. */
export const storages: Readonly<Record<string, () => Storage>> = { float32, nf4, fp4, int8, dynamic8, ...others };

/** An unknown name is a RequestError that says which is nearest and which exist. */
export function storageByName(name: string): Storage {
  if (Object.hasOwn(storages, name)) return storages[name]!();
  const names = Object.keys(storages);
  throw new RequestError(
    `unknown storage '${name}'; the nearest name is ${closestNames(name, names, 1)[0]}; there are ${names.join(', ')}`,
  );
}

/** The storage that wrote this spec. A RequestError for one that none of these writes. */
export function storageOf({ type, ...options }: Spec): Storage {
  const make = (Object.hasOwn(storages, type) ? storages[type] : undefined) as ((given: object) => Storage) | undefined;
  const made = make?.(options);
  if (made && JSON.stringify(made.spec) === JSON.stringify({ type, ...options })) return made;
  throw new RequestError(
    `there is no storage ${JSON.stringify({ type, ...options })}; there are ${Object.keys(storages).join(', ')}`,
  );
}
