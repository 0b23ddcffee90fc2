import type { FourBitKind } from '../storage/codec/packedMatrix.ts';
import { fourBit, type FourBitOptions } from '../storage/fourBit.ts';
import type { Recipe } from '../types.ts';
import { lora, type LoraOptions } from './lora.ts';

export interface QloraOptions extends LoraOptions, FourBitOptions {
  /** The 16 values: NF4 unless given. */
  readonly kind?: FourBitKind;
}

/** QLoRA, arXiv:2305.14314: LoRA on a base held in NF4 with double quantization. Arithmetic is in float32. */
export const qlora = ({ kind = 'nf4', blockSize, double, ...options }: QloraOptions): Recipe => ({
  ...lora(options),
  storage: fourBit(kind, { blockSize, double }),
});
