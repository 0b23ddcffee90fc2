/** The registry of methods: one file and one line each. It gives the type, the command line's list and the contract tests. */
import { closestNames } from '../../closestNames.ts';
import { RequestError } from '../../errors.ts';
import type { Recipe } from '../types.ts';
import { adalora } from './adalora.ts';
import { bitfit } from './bitfit.ts';
import { dora } from './dora.ts';
import { full } from './full.ts';
import { ia3 } from './ia3.ts';
import { loha } from './loha.ts';
import { lokr } from './lokr.ts';
import { lora, type LoraOptions } from './lora.ts';
import { loraFa } from './loraFa.ts';
import { loraPlus } from './loraPlus.ts';
import { olora } from './olora.ts';
import { pissa } from './pissa.ts';
import { qdora } from './qdora.ts';
import { qlora } from './qlora.ts';
import { randomSubspace } from './randomSubspace.ts';
import { rslora } from './rslora.ts';
import { svdLora } from './svdLora.ts';
import { vera } from './vera.ts';

/** A recipe for the options that methods have in common (a method passes over what it has no use for); the rest by default. */
export type MethodFactory = (
  options: Pick<LoraOptions, 'rank' | 'alpha' | 'dropout' | 'rankPattern' | 'alphaPattern'>,
) => Recipe;

export const methods: Readonly<Record<string, MethodFactory>> = {
  adalora,
  bitfit: () => bitfit(),
  dora,
  full: ({ dropout }) => full({ dropout }),
  ia3: () => ia3(),
  loha,
  lokr,
  lora,
  loraFa,
  loraPlus,
  olora,
  pissa,
  qdora,
  qlora,
  randomSubspace: ({ rank, dropout }) => randomSubspace({ dimension: rank, dropout }),
  rslora,
  svdLora,
  vera,
};

/** The recipe of a registered method. An unknown name is a RequestError that says which is nearest and which exist. */
export function methodByName(name: string): MethodFactory {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method) return method;
  const names = Object.keys(methods);
  throw new RequestError(
    `unknown method '${name}'; the nearest name is ${closestNames(name, names, 1)[0]}; there are ${names.join(', ')}`,
  );
}
