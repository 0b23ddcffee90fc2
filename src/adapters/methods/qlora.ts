import type { FourBitOptions } from '../storage/fourBit.ts';
import { nf4 } from '../storage/nf4.ts';
import type { Recipe } from '../types.ts';
import { lora, type LoraOptions } from './lora.ts';

/** QLoRA, arXiv:2305.14314: LoRA on a base held in NF4 with double quantization. Arithmetic is in float32. */
export const qlora = ({ blockSize, double, ...options }: LoraOptions & FourBitOptions): Recipe => ({
  ...lora(options),
  storage: nf4({ blockSize, double }),
});
