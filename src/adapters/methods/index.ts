/** The registry of methods: one file and one line each. It gives the type, the command line's list and the contract tests. */
import type { Recipe } from '../types.ts';
import { adalora } from './adalora.ts';
import { dora } from './dora.ts';
import { full } from './full.ts';
import { lora } from './lora.ts';
import { loraPlus } from './loraPlus.ts';
import { qdora } from './qdora.ts';
import { qlora } from './qlora.ts';
import { rslora } from './rslora.ts';

/** Each takes a rank where it has one; the rest of its options have defaults. */
export const methods = { adalora, dora, full: (): Recipe => full(), lora, loraPlus, qdora, qlora, rslora } satisfies Record<
  string,
  (options: { rank: number; alpha?: number; dropout?: number }) => Recipe
>;

export type MethodName = keyof typeof methods;
export const methodNames: readonly MethodName[] = Object.keys(methods) as MethodName[];
