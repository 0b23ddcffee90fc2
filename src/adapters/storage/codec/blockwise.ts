/**
 * Block quantization, bit for bit as bitsandbytes does it (backends/default/ops.py, with the rule of its CUDA kernels): blocks of
 * consecutive numbers of the flattened tensor, the last one possibly short,
 *
 *   absmax_b = max |x| over block b,   code = nearest(x * (1 / absmax_b)),   x' = value[code] * absmax_b,
 *
 * all in float32. Two 4-bit codes share a byte, the first in the high nibble; an odd end is padded with the code of zero. In 4 bits a
 * short last block is treated otherwise there, and so here: x / absmax is one division, and an absmax below 1e-38 is stored as 1e-38.
 */
import { RequestError } from '../../../errors.ts';
import type { CodeTable } from './codes.ts';

const { fround } = Math;

/** Keeps 1 / absmax finite for a block of zeros. */
const SMALLEST_ABSMAX = fround(1e-38);

/** Numbers in 4 bits: packed codes [ceil(n/2)], and the scale of each block [ceil(n/blockSize)]. */
export interface Quantized4 {
  readonly codes: Uint8Array;
  readonly absmax: Float32Array;
}

/** Largest magnitude of each block. Throws RequestError naming the first block with a number that is NaN or infinite. */
export function absmaxOfBlocks(x: Float32Array, blockSize: number): Float32Array {
  const absmax = new Float32Array(Math.ceil(x.length / blockSize));
  for (let block = 0; block < absmax.length; block++) {
    const end = Math.min(x.length, (block + 1) * blockSize);
    let largest = 0;
    for (let i = block * blockSize; i < end; i++) largest = Math.max(largest, Math.abs(x[i]));
    absmax[block] = largest;
  }
  refuseInfinite(absmax, blockSize, 0, x.length);
  return absmax;
}

/** Throws RequestError for the first block, of those from number `start` on, with a number that is NaN or infinite. */
export function refuseInfinite(absmax: Float32Array, blockSize: number, start: number, length: number): void {
  for (let block = 0; block < absmax.length; block++) {
    if (absmax[block] < Infinity) continue;
    const first = start + block * blockSize;
    throw new RequestError(
      `numbers ${first} to ${Math.min(length, first + blockSize) - 1} hold a NaN or infinity: only finite numbers can be quantized`,
    );
  }
}

/** 1 / absmax in float32, finite also for a block of zeros. */
export const inverseOf = (absmax: number): number => fround(1 / Math.max(absmax, SMALLEST_ABSMAX));

/** One code per number: that of the value nearest to x / absmax. */
export function nearestCodes(x: Float32Array, absmax: Float32Array, table: CodeTable, blockSize: number): Uint8Array {
  const { ascending, midpoints } = table;
  const codes = new Uint8Array(x.length);
  for (let block = 0; block < absmax.length; block++) {
    const inverse = inverseOf(absmax[block]);
    const end = Math.min(x.length, (block + 1) * blockSize);
    for (let i = block * blockSize; i < end; i++) codes[i] = ascending[nearestRank(fround(x[i] * inverse), midpoints)];
  }
  return codes;
}

function nearestRank(scaled: number, midpoints: Float32Array): number {
  let rank = 0;
  // A binary search; the product instead of an `if` spares the processor a guess that fails half the time.
  for (let step = (midpoints.length + 1) >> 1; step > 0; step >>= 1)
    rank += step * Number(scaled > midpoints[rank + step - 1]);
  return rank;
}

/** Quantizes to 4 bits with a table of 16 values. `blockSize` must be even. Throws RequestError for a number that is not finite. */
export function quantize4(x: Float32Array, table: CodeTable, blockSize: number): Quantized4 {
  const absmax = absmaxOfBlocks(x, blockSize);
  const wide = nearestCodes(x, absmax, table, blockSize);
  const codes = new Uint8Array(Math.ceil(x.length / 2));
  for (let byte = 0; byte < x.length >> 1; byte++) codes[byte] = (wide[2 * byte] << 4) | wide[2 * byte + 1];
  if (x.length % blockSize) quantizeShort(x, absmax, table, blockSize, codes);
  return { codes, absmax };
}

/** The codes and the scale of a short last block, in place. */
export function quantizeShort(
  x: Float32Array,
  absmax: Float32Array,
  { values, ascending, midpoints }: CodeTable,
  blockSize: number,
  codes: Uint8Array,
): void {
  const last = absmax.length - 1;
  const scale = Math.max(absmax[last], SMALLEST_ABSMAX);
  const code = (i: number): number =>
    i < x.length ? ascending[nearestRank(fround(x[i] / scale), midpoints)] : values.indexOf(0);
  for (let i = last * blockSize; i < x.length; i += 2) codes[i >> 1] = (code(i) << 4) | code(i + 1);
  absmax[last] = scale;
}

/** The `length` numbers back in float32, into `out` if given (of that length, else Error). */
export function dequantize4(
  { codes, absmax }: Quantized4,
  table: CodeTable,
  blockSize: number,
  length: number,
  out: Float32Array = new Float32Array(length),
): Float32Array {
  if (out.length !== length) throw new Error(`expected room for ${length} numbers, found ${out.length}`);
  const pairs = valuePairs(table);
  for (let block = 0; block < absmax.length; block++) {
    const scale = absmax[block];
    const end = Math.min(length, (block + 1) * blockSize);
    let i = block * blockSize;
    for (; i + 1 < end; i += 2) {
      const pair = 2 * codes[i >>> 1];
      out[i] = pairs[pair] * scale;
      out[i + 1] = pairs[pair + 1] * scale;
    }
    if (i < end) out[i] = pairs[2 * codes[i >>> 1]] * scale;
  }
  return out;
}

/** For each byte the values of its two codes, side by side: half the look-ups, and no shifting of bits. */
function valuePairs({ values }: CodeTable): Float32Array {
  return Float32Array.from({ length: 512 }, (_, i) => values[i % 2 ? (i >> 1) & 15 : i >> 5]);
}
