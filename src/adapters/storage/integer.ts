import { RequestError } from '../../errors.ts';
import type { Storage } from '../types.ts';
import { fewBits } from './fewBits.ts';
import { fourBit, type FourBitOptions } from './fourBit.ts';

export interface IntegerOptions extends FourBitOptions {
  readonly bits: 2 | 3 | 4;
}

/**
 * Whole numbers of 2, 3 or 4 bits, evenly spaced (codec/integerCodes.ts): what NormalFloat is compared with. In blocks, unlike `int8`,
 * which has a scale for each output.
 */
export function integer({ bits, ...options }: IntegerOptions): Storage {
  if (bits === 4) return fourBit('int4', options);
  if (bits === 2 || bits === 3) return fewBits(`int${bits}`, options);
  throw new RequestError(`integers of a block have 2, 3 or 4 bits, not ${String(bits)}`);
}
