/** What NF4, FP4 and int4 share: four bits a number and a scale a block, both as bitsandbytes has them. */
import type { Frozen } from '../../tensor/frozen.ts';
import type { Storage } from '../types.ts';
import { rounded, type RoundedType } from './codec/halfPrecision.ts';
import { type FourBitKind, lendMatrix, packedBytes, type PackedMatrix, packMatrix } from './codec/packedMatrix.ts';
import { outputsFirst, roundedKernel } from './roundedKernel.ts';

export interface FourBitOptions {
  /** Numbers that share a scale, counted along the flattened [out, in]: 32, 64 … 4096. */
  readonly blockSize?: number;
  /** Scales in 8 bits (double quantization). */
  readonly double?: boolean;
}

/** QLoRA's setting by default: blocks of 64, scales quantized once more. */
export function fourBit(kind: FourBitKind, { blockSize = 64, double = true }: FourBitOptions): Storage {
  const packing = { kind, blockSize, double };
  return {
    spec: { type: kind, blockSize, double },
    pack(stored, storedShape, order) {
      const { values, shape } = outputsFirst(stored, storedShape, order);
      return fromPacked(packMatrix(values, shape, packing));
    },
    bytes: (shape) => packedBytes(shape, packing),
  };
}

/** A kernel from codes that are already there, [out, in], taken over as they are; what they stand for is rounded to a type. */
export const fromPacked = (packed: PackedMatrix, type: RoundedType = 'float32'): Frozen =>
  roundedKernel({ shape: packed.shape, bytes: packed.bytes, outIn: () => rounded(lendMatrix(packed), type) });
