/**
 * Eight bits a number with a scale a row, as bitsandbytes has them (`int8_vectorwise_quant`, after LLM.int8(), arXiv:2208.07339, without
 * outliers), all in float32:
 *
 *   rowAbsmax = max |x| over the row,   code = round(x · (127 · (1 / rowAbsmax))), half to even,   x' = code · rowAbsmax · (1 / 127).
 *
 * each operation rounded to float32 by itself (torch computes 127 / t so). A row whose factor is infinite (all zero, or below 3.8e-37)
 * has the codes 0, as there.
 */
import { absmaxOfBlocks } from './blockwise.ts';
import { roundedHalfToEven } from './halfPrecision.ts';
import { simdDequantize8 } from './simd/eightBit.ts';
import { available as simdAvailable } from './simd/workspace.ts';

const { fround } = Math;

/** A matrix [rows, columns] in 8 bits, row-major. */
export interface Rowwise8 {
  readonly codes: Int8Array;
  /** One a row. */
  readonly rowAbsmax: Float32Array;
}

/** Throws RequestError for a number that is not finite. */
export function quantizeRows(x: Float32Array, [rows, columns]: readonly [number, number]): Rowwise8 {
  const rowAbsmax = absmaxOfBlocks(x, columns);
  const codes = new Int8Array(x.length);
  for (let row = 0; row < rows; row++) {
    const scale = fround(127 * fround(1 / rowAbsmax[row]));
    if (scale === Infinity) continue;
    for (let i = row * columns; i < (row + 1) * columns; i++) codes[i] = roundedHalfToEven(fround(x[i] * scale));
  }
  return { codes, rowAbsmax };
}

/** 1 / 127 */
const SHARE = fround(1 / 127);

export function dequantizeRows({ codes, rowAbsmax }: Rowwise8): Float32Array {
  const columns = codes.length / rowAbsmax.length;
  const values = new Float32Array(codes.length);
  for (let row = 0; row < rowAbsmax.length; row++) {
    const scale = rowAbsmax[row];
    for (let i = row * columns; i < (row + 1) * columns; i++) values[i] = fround(codes[i] * scale) * SHARE;
  }
  return values;
}

/** The number that a byte is as a code. */
const CODES = Float32Array.from(Int8Array.from({ length: 256 }, (_, byte) => byte));

/** The same numbers, in memory that the next call may overwrite. */
export function lendRows({ codes, rowAbsmax }: Rowwise8): Float32Array {
  const columns = codes.length / rowAbsmax.length;
  if (!simdAvailable() || columns % 4) return dequantizeRows({ codes, rowAbsmax });
  return simdDequantize8(codes, CODES, rowAbsmax, columns, SHARE);
}
