import type { Storage } from '../types.ts';
import { fourBit, type FourBitOptions } from './fourBit.ts';

/** NF4, arXiv:2305.14314: 16 values that lie as a normal distribution does. */
export const nf4 = (options: FourBitOptions = {}): Storage => fourBit('nf4', options);
