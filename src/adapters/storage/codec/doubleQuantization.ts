/**
 * Double quantization of the block scales (QLoRA, arXiv 2305.14314, section 3; bitsandbytes `quantize_4bit`, compress_statistics): the
 * scales minus their mean in 8 bits, in blocks of 256 with a float32 scale each,
 *
 *   absmax'_b = dynamic8[codes_b] * nestedAbsmax_(b div 256) + offset.
 *
 * Costs 8/B + 32/(256 B) bits per number for blocks of B, instead of 32/B.
 */
import { quantize8 } from './blockwise8.ts';
import { DYNAMIC8 } from './dynamicMap.ts';
import { float32Sum } from './float32Sum.ts';

/** Scales that share a scale of their own. */
export const NESTED_BLOCK = 256;
const { fround } = Math;

/** Block scales in 8 bits: a code per scale, a float32 per 256 of them, and their mean. */
export interface DoubleQuantized {
  readonly codes: Uint8Array;
  readonly nestedAbsmax: Float32Array;
  readonly offset: number;
  /** All that is stored, the offset in float32. */
  readonly bytes: number;
}

/** What quantizeAbsmax will store for so many scales. */
export const doubleQuantizedBytes = (scales: number): number => scales + 4 * Math.ceil(scales / NESTED_BLOCK) + 4;

/** Quantizes the scales of at least one block. */
export function quantizeAbsmax(absmax: Float32Array): DoubleQuantized {
  const offset = fround(float32Sum(absmax) / absmax.length);
  const centred = new Float32Array(absmax.length);
  for (let i = 0; i < absmax.length; i++) centred[i] = absmax[i] - offset;
  const { codes, absmax: nestedAbsmax } = quantize8(centred, NESTED_BLOCK);
  return { codes, nestedAbsmax, offset, bytes: codes.byteLength + nestedAbsmax.byteLength + 4 };
}

/** The scales as they are restored, float32. */
export function dequantizeAbsmax({ codes, nestedAbsmax, offset }: Omit<DoubleQuantized, 'bytes'>): Float32Array {
  const { values } = DYNAMIC8;
  const scales = new Float32Array(codes.length);
  for (let block = 0; block < nestedAbsmax.length; block++) {
    const nested = nestedAbsmax[block];
    const end = Math.min(codes.length, (block + 1) * NESTED_BLOCK);
    for (let i = block * NESTED_BLOCK; i < end; i++) scales[i] = fround(values[codes[i]] * nested) + offset;
  }
  return scales;
}
