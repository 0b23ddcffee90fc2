/** A matrix held in 4 bits: what a frozen weight is in memory, and how it comes back (QLoRA, arXiv 2305.14314, section 3). */
import { RequestError } from '../../../errors.ts';
import { dequantize4, quantize4 } from './blockwise.ts';
import { FP4, NF4, type CodeTable } from './codes.ts';
import { integerTable } from './integerCodes.ts';
import { dequantizeAbsmax, doubleQuantizedBytes, quantizeAbsmax, type DoubleQuantized } from './doubleQuantization.ts';
import { simdDequantize4, simdQuantize4 } from './simd/fourBit.ts';
import { available as simdAvailable } from './simd/workspace.ts';

export type FourBitKind = 'nf4' | 'fp4' | 'int4';

const TABLES: Readonly<Record<FourBitKind, CodeTable>> = { nf4: NF4, fp4: FP4, int4: integerTable(4) };

/** The block sizes of bitsandbytes. */
export const BLOCK_SIZES: readonly number[] = [32, 64, 128, 256, 512, 1024, 2048, 4096];

/** How to pack: the table, numbers per block, and whether the block scales are quantized again. */
export interface Packing {
  readonly kind: FourBitKind;
  readonly blockSize: number;
  readonly double: boolean;
}

/** QLoRA's own setting. */
export const QLORA_PACKING: Packing = { kind: 'nf4', blockSize: 64, double: true };

/** A matrix in 4 bits, in the layout of bitsandbytes; its block scales either as float32 or quantized again. */
export type PackedMatrix = {
  readonly kind: FourBitKind;
  readonly shape: readonly [rows: number, cols: number];
  /** Numbers per block, counted along the flattened rows: a block may cross rows, the last may be short. */
  readonly blockSize: number;
  /** Two codes a byte, row-major, the first in the high nibble: ceil(rows * cols / 2) bytes. */
  readonly codes: Uint8Array;
  /** All that is stored: codes and scales. */
  readonly bytes: number;
} & ({ readonly absmax: Float32Array } | { readonly double: DoubleQuantized });

/** Packs a row-major matrix. Throws RequestError for an unknown block size, a shape that does not fit, or a number that is not finite. */
export function packMatrix(
  x: Float32Array,
  shape: readonly [rows: number, cols: number],
  packing: Packing = QLORA_PACKING,
): PackedMatrix {
  const { kind, blockSize, double } = packing;
  if (!BLOCK_SIZES.includes(blockSize))
    throw new RequestError(`block size ${blockSize}: expected one of ${BLOCK_SIZES.join(', ')}`);
  if (!shape.every((side) => Number.isInteger(side) && side > 0) || shape[0] * shape[1] !== x.length) {
    throw new RequestError(`a matrix of shape [${shape.join(', ')}] cannot be packed from ${x.length} numbers`);
  }
  const { codes, absmax } = (simdAvailable() ? simdQuantize4 : quantize4)(x, TABLES[kind], blockSize);
  const common = { kind, shape, blockSize, codes };
  if (!double) return { ...common, absmax, bytes: codes.byteLength + absmax.byteLength };
  const nested = quantizeAbsmax(absmax);
  return { ...common, double: nested, bytes: codes.byteLength + nested.bytes };
}

/** What packMatrix will store for a matrix of a shape: half a byte a number, and the scale of each block. */
export function packedBytes([rows, cols]: readonly [rows: number, cols: number], packing: Packing): number {
  const blocks = Math.ceil((rows * cols) / packing.blockSize);
  return Math.ceil((rows * cols) / 2) + (packing.double ? doubleQuantizedBytes(blocks) : 4 * blocks);
}

/** The block scales as they multiply, float32. */
export function scalesOf(packed: PackedMatrix): Float32Array {
  return 'absmax' in packed ? packed.absmax : dequantizeAbsmax(packed.double);
}

/** The matrix back in float32, row-major [rows, cols], in memory that the next call may overwrite. */
export function lendMatrix(packed: PackedMatrix): Float32Array {
  const { kind, shape, blockSize, codes } = packed;
  return (simdAvailable() ? simdDequantize4 : dequantize4)(
    { codes, absmax: scalesOf(packed) },
    TABLES[kind],
    blockSize,
    shape[0] * shape[1],
  );
}

/** The matrix back in float32, row-major [rows, cols]. */
export const unpackMatrix = (packed: PackedMatrix): Float32Array => lendMatrix(packed).slice();
