import type { Storage } from '../types.ts';
import { fourBit, type FourBitOptions } from './fourBit.ts';

/** FP4 of bitsandbytes: 16 values of a small float (sign, two bits of exponent, one of fraction; not IEEE's). */
export const fp4 = (options: FourBitOptions = {}): Storage => fourBit('fp4', options);
