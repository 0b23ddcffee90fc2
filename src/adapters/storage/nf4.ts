import type { Storage } from '../types.ts';
export interface Nf4Options { readonly blockSize?: number; readonly double?: boolean }
export function nf4(_options: Nf4Options = {}): Storage { throw new Error('later'); }
