/** The registry of methods: one file and one line each. It gives the type, the command line's list and the contract tests. */
import { RequestError } from '../../errors.ts';
import type { Recipe } from '../types.ts';
import { adalora } from './adalora.ts';
import { dora } from './dora.ts';
import { full } from './full.ts';
import { ia3 } from './ia3.ts';
import { lora } from './lora.ts';
import { loraPlus } from './loraPlus.ts';
import { qdora } from './qdora.ts';
import { qlora } from './qlora.ts';
import { rslora } from './rslora.ts';
import { vera } from './vera.ts';

/** A recipe for the options that every method understands; what a method has beside them takes its default. */
export type MethodFactory = (options: { rank: number; alpha?: number; dropout?: number }) => Recipe;

export const methods: Readonly<Record<string, MethodFactory>> = {
  adalora,
  dora,
  full: () => full(),
  ia3: () => ia3(),
  lora,
  loraPlus,
  qdora,
  qlora,
  rslora,
  vera,
};

/** The recipe of a registered method. An unknown name is a RequestError that says which exist. */
export function methodByName(name: string): MethodFactory {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (!method) throw new RequestError(`unknown method '${name}'; there are ${Object.keys(methods).join(', ')}`);
  return method;
}
