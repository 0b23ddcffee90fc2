import { compose } from '../compose.ts';
import type { FourBitOptions } from '../storage/fourBit.ts';
import type { Recipe } from '../types.ts';
import { dora } from './dora.ts';
import type { LoraOptions } from './lora.ts';
import { qlora } from './qlora.ts';

/** QDoRA: DoRA on a base held in NF4. The magnitude starts from the norms of the rounded kernel. */
export const qdora = ({ blockSize, double, ...options }: LoraOptions & FourBitOptions): Recipe =>
  compose(dora(options), qlora({ ...options, blockSize, double }));
