import { magnitude, type MagnitudeOptions } from '../rescale/magnitude.ts';
import type { Recipe } from '../types.ts';
import { lora, type LoraOptions } from './lora.ts';

export interface DoraOptions extends LoraOptions, MagnitudeOptions {}

/** DoRA, arXiv:2402.09353: LoRA for the direction of each output's weights, a trained magnitude for their length. */
export const dora = ({ detachNorm, ...options }: DoraOptions): Recipe => ({
  ...lora(options),
  rescale: magnitude({ detachNorm }),
});
