/** Other systems' files of low-rank adapters, read into the same thing as PEFT's. */
import { closestNames } from '../../../closestNames.ts';
import { RequestError } from '../../../errors.ts';
import { methodOf } from '../../compose.ts';
import { magnitude } from '../../rescale/magnitude.ts';
import type { MethodFor } from '../../placement.ts';
import type { Method } from '../../types.ts';
import { lowRank } from '../../update/lowRank.ts';
import type { StoredTensor } from '../storedTensor.ts';
import type { TensorFile } from '../stored.ts';
import { type BasePlace, type ChosenPlace, chosenPlaces, trainedTensors, type WantedTensor } from '../wanted.ts';

/** What a dialect may need to know of the base. */
export interface DialectBase {
  readonly sites: readonly (BasePlace & { readonly hasBias: boolean })[];
  /** The embedding that shares its table with the output layer; null where none does. */
  readonly tiedTable: string | null;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  /** `architectures` of config.json, LlamaForCausalLM; null where it does not say. */
  readonly modelClass: string | null;
}

/** The adapter on a base: where it goes, and how its tensors are stored. */
export interface ReadAdapter {
  readonly methodFor: MethodFor;
  readonly wanted: readonly WantedTensor[];
}

export interface Dialect {
  /** As its makers call it. */
  readonly name: string;
  /** PEFT's word for the same thing. */
  readonly type: string;
  /** Throws a RequestError for what is not of this base, Unsupported for what is not read. */
  on(base: DialectBase): ReadAdapter;
}

/** What a dialect's configuration says of the method; a missing value is the dialect's default. */
export interface LowRankConfiguration {
  readonly rank: number;
  readonly scale: number;
  readonly dropout: number;
  readonly usesDora: boolean;
}

export function lowRankMethod({ rank, scale, dropout, usesDora }: LowRankConfiguration): Method {
  const update = lowRank({ rank, alpha: scale * rank });
  return methodOf({ update, dropout, ...(usesDora ? { rescale: magnitude() } : {}) });
}

/** One method on the named places. `stored` gives the form of a tensor. */
export function onNamed(
  names: readonly string[],
  method: Method,
  { sites }: DialectBase,
  stored: (tensor: Omit<WantedTensor, 'stored'>, place: ChosenPlace) => StoredTensor,
): ReadAdapter {
  const chosen = new Set(names);
  const methodFor: MethodFor = (name) => (chosen.has(name) ? method : null);
  const wanted = chosenPlaces(sites, methodFor).flatMap((place) =>
    trainedTensors([place]).map((tensor): WantedTensor => ({ ...tensor, stored: stored(tensor, place) })),
  );
  return { methodFor, wanted };
}

/** The modules that tensors belong to, by what their names end in. Tensors with another ending are left to checkTensors. */
export function modulesWith({ shapes }: TensorFile, endings: readonly string[]): string[] {
  const found = [...shapes.keys()].flatMap((key) => {
    const ending = endings.find((of) => key.endsWith(of));
    return ending === undefined ? [] : [key.slice(0, -ending.length)];
  });
  return [...new Set(found)];
}

/** A RequestError for a module that the base does not have, with the nearest that it has. */
export function checkModules(modules: readonly string[], known: readonly string[], file: string): void {
  const odd = modules.find((name) => !known.includes(name));
  if (odd !== undefined)
    throw new RequestError(
      `${file}: the base has no ${odd} (nearest: ${closestNames(odd, known, 1)[0]}); is it an adapter of another model?`,
    );
}
