/** Two or three bits a number and a scale a block, packed as tightly as that says; scales and blocks as in four bits. */
import { RequestError } from '../../errors.ts';
import type { Storage } from '../types.ts';
import { absmaxOfBlocks, nearestCodes } from './codec/blockwise.ts';
import type { CodeTable } from './codec/codes.ts';
import { dequantizeAbsmax, doubleQuantizedBytes, quantizeAbsmax } from './codec/doubleQuantization.ts';
import { integerTable } from './codec/integerCodes.ts';
import { normalFloatTable } from './codec/normalFloat.ts';
import { packBits, packedBitsBytes, unpackBits } from './codec/packedBits.ts';
import { BLOCK_SIZES } from './codec/packedMatrix.ts';
import type { FourBitOptions } from './fourBit.ts';
import { outputsFirst, roundedKernel } from './roundedKernel.ts';

export type FewBitsKind = 'nf2' | 'nf3' | 'int2' | 'int3';

const kinds: Readonly<Record<FewBitsKind, { readonly bits: number; readonly table: CodeTable }>> = {
  nf2: { bits: 2, table: normalFloatTable(2) },
  nf3: { bits: 3, table: normalFloatTable(3) },
  int2: { bits: 2, table: integerTable(2) },
  int3: { bits: 3, table: integerTable(3) },
};

/** QLoRA's blocks by default: of 64, scales quantized once more. */
export function fewBits(kind: FewBitsKind, { blockSize = 64, double = true }: FourBitOptions): Storage {
  const { bits, table } = kinds[kind];
  if (!BLOCK_SIZES.includes(blockSize))
    throw new RequestError(`block size ${blockSize}: expected one of ${BLOCK_SIZES.join(', ')}`);
  return {
    spec: { type: kind, blockSize, double },
    pack(stored, storedShape, order) {
      const { values, shape } = outputsFirst(stored, storedShape, order);
      const absmax = absmaxOfBlocks(values, blockSize);
      const codes = packBits(nearestCodes(values, absmax, table, blockSize), bits);
      const nested = double ? quantizeAbsmax(absmax) : null;
      const scales = (): Float32Array => (nested ? dequantizeAbsmax(nested) : absmax);
      const length = values.length; // the array itself is filled anew
      return roundedKernel({
        shape,
        bytes: codes.byteLength + (nested ? nested.bytes : absmax.byteLength),
        outIn: () =>
          unpackBits(codes, bits, { values: table.values, scales: scales(), blockSize }, new Float32Array(length)),
      });
    },
    bytes([inputs, outputs]) {
      const blocks = Math.ceil((inputs * outputs) / blockSize);
      return packedBitsBytes(inputs * outputs, bits) + (double ? doubleQuantizedBytes(blocks) : 4 * blocks);
    },
  };
}
