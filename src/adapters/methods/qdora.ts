import { compose } from '../compose.ts';
import type { Nf4Options } from '../storage/nf4.ts';
import type { Recipe } from '../types.ts';
import { dora } from './dora.ts';
import type { LoraOptions } from './lora.ts';
import { qlora } from './qlora.ts';

/** QDoRA: DoRA on a base held in NF4. The magnitude starts from the norms of the rounded kernel. */
export const qdora = ({ blockSize, double, ...options }: LoraOptions & Nf4Options): Recipe =>
  compose(dora(options), qlora({ ...options, blockSize, double }));
