import { magnitude } from '../rescale/magnitude.ts';
import type { Recipe } from '../types.ts';
import { lora, type LoraOptions } from './lora.ts';

/** DoRA, arXiv:2402.09353: LoRA for the direction of each output's weights, a trained magnitude for their length. */
export const dora = (options: LoraOptions): Recipe => ({ ...lora(options), rescale: magnitude() });
