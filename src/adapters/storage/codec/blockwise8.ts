/** Block quantization to 8 bits on the signed dynamic map, bit for bit as bitsandbytes' `quantize_blockwise`. */
import { absmaxOfBlocks, nearestCodes } from './blockwise.ts';
import { DYNAMIC8 } from './dynamicMap.ts';
import { simdDequantize8 } from './simd/eightBit.ts';
import { available as simdAvailable } from './simd/workspace.ts';

/** A code per number, and the scale of each block [ceil(n/blockSize)]. */
export interface Quantized8 {
  readonly codes: Uint8Array;
  readonly absmax: Float32Array;
}

/** Throws RequestError for a number that is not finite. */
export function quantize8(x: Float32Array, blockSize: number): Quantized8 {
  const absmax = absmaxOfBlocks(x, blockSize);
  return { codes: nearestCodes(x, absmax, DYNAMIC8, blockSize), absmax };
}

export function dequantize8({ codes, absmax }: Quantized8, blockSize: number): Float32Array {
  const { values } = DYNAMIC8;
  const numbers = new Float32Array(codes.length);
  for (let block = 0; block < absmax.length; block++) {
    const scale = absmax[block];
    const end = Math.min(codes.length, (block + 1) * blockSize);
    for (let i = block * blockSize; i < end; i++) numbers[i] = values[codes[i]] * scale;
  }
  return numbers;
}

/** The same numbers, in memory that the next call may overwrite. */
export function lendBlocks8({ codes, absmax }: Quantized8, blockSize: number): Float32Array {
  if (!simdAvailable() || blockSize % 4) return dequantize8({ codes, absmax }, blockSize);
  return simdDequantize8(codes, DYNAMIC8.values, absmax, blockSize);
}
