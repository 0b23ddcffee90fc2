import { fasterUp } from '../groups/fasterUp.ts';
import type { Recipe } from '../types.ts';
import { lora, type LoraOptions } from './lora.ts';

/** LoRA+, arXiv:2402.12354: B learns at `ratio` (16) times the rate of A. */
export const loraPlus = ({ ratio, ...options }: LoraOptions & { ratio?: number }): Recipe => ({
  ...lora(options),
  groups: fasterUp({ ratio }),
});
