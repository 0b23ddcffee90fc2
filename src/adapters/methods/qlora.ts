import { type BlockKind, storageOfKind } from '../storage/blockKinds.ts';
import type { FourBitOptions } from '../storage/fourBit.ts';
import type { Recipe } from '../types.ts';
import { lora, type LoraOptions } from './lora.ts';

export interface QloraOptions extends LoraOptions, FourBitOptions {
  /** What codes stand for: NF4 unless given; fewer bits are nf3, nf2, int3, int2. */
  readonly kind?: BlockKind;
}

/** QLoRA, arXiv:2305.14314: LoRA on a base held in NF4 with double quantization. Arithmetic is in float32. */
export const qlora = ({ kind = 'nf4', blockSize, double, ...options }: QloraOptions): Recipe => ({
  ...lora(options),
  storage: storageOfKind(kind, { blockSize, double }),
});
