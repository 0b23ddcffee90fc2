import { RequestError } from '../../errors.ts';
import type { Storage } from '../types.ts';
import { fewBits } from './fewBits.ts';
import type { FourBitOptions } from './fourBit.ts';
import { nf4 } from './nf4.ts';

export interface NormalFloatOptions extends FourBitOptions {
  readonly bits: 2 | 3 | 4;
}

/** NormalFloat of 2, 3 or 4 bits (codec/normalFloat.ts); that of 4 is NF4. */
export function normalFloat({ bits, ...options }: NormalFloatOptions): Storage {
  if (bits === 4) return nf4(options);
  if (bits === 2 || bits === 3) return fewBits(`nf${bits}`, options);
  throw new RequestError(`NormalFloat has 2, 3 or 4 bits, not ${String(bits)}`);
}
