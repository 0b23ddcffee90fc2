import { inverseGram } from '../control/inverseGram.ts';
import type { Recipe } from '../types.ts';
import { lora, type LoraOptions } from './lora.ts';

/** LoRA-FA, arXiv:2308.03303: LoRA with a frozen A, whose B takes the nearest step to that of the whole kernel. */
export const loraFa = (options: LoraOptions): Recipe => ({
  ...lora({ ...options, freezeDown: true }),
  control: inverseGram(),
});
