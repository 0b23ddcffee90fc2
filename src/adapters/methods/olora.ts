import { olora as init } from '../init/olora.ts';
import type { Recipe } from '../types.ts';
import { lora, type LoraOptions } from './lora.ts';

/** OLoRA, arXiv:2406.01775: LoRA that starts with orthonormal directions of the kernel, the rest of which is frozen. */
export const olora = (options: Omit<LoraOptions, 'init'>): Recipe => lora({ ...options, init: init() });
