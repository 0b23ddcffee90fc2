/** Storages with a scale a block, by the kind of their codes. */
import { RequestError } from '../../errors.ts';
import type { Storage } from '../types.ts';
import type { FourBitKind } from './codec/packedMatrix.ts';
import type { FewBitsKind } from './fewBits.ts';
import type { FourBitOptions } from './fourBit.ts';
import { fp4 } from './fp4.ts';
import { integer } from './integer.ts';
import { normalFloat } from './normalFloat.ts';

export type BlockKind = FourBitKind | FewBitsKind;

export const blockKinds: Readonly<Record<BlockKind, (options?: FourBitOptions) => Storage>> = {
  nf4: (options) => normalFloat({ ...options, bits: 4 }),
  nf3: (options) => normalFloat({ ...options, bits: 3 }),
  nf2: (options) => normalFloat({ ...options, bits: 2 }),
  fp4: (options) => fp4(options),
  int4: (options) => integer({ ...options, bits: 4 }),
  int3: (options) => integer({ ...options, bits: 3 }),
  int2: (options) => integer({ ...options, bits: 2 }),
};

/** An unknown kind is a RequestError that says which exist. */
export function storageOfKind(kind: BlockKind, options: FourBitOptions): Storage {
  if (Object.hasOwn(blockKinds, kind)) return blockKinds[kind](options);
  throw new RequestError(`there is no kind ${JSON.stringify(kind)}, only ${Object.keys(blockKinds).join(', ')}`);
}
