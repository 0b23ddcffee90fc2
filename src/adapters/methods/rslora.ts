import type { Recipe } from '../types.ts';
import { lora, type LoraOptions } from './lora.ts';

/** rsLoRA, arXiv:2312.03732: LoRA with s = α/√r. */
export const rslora = (options: LoraOptions): Recipe => lora({ ...options, scaling: 'sqrtRank' });
