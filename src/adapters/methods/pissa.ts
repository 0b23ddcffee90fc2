import { pissa as init } from '../init/pissa.ts';
import type { Recipe } from '../types.ts';
import { lora, type LoraOptions } from './lora.ts';

/** PiSSA, arXiv:2404.02948: LoRA on the principal part of the kernel, the rest of which is frozen. */
export const pissa = (options: Omit<LoraOptions, 'init'>): Recipe => lora({ ...options, init: init() });
