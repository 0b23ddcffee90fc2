/** Block quantization in 4 bits as in ../blockwise.ts, by loops over four numbers at a time: the same bits, five to ten times as fast. */
import { inverseOf, quantizeShort, type Quantized4, refuseInfinite } from '../blockwise.ts';
import type { CodeTable } from '../codes.ts';
import { type Workspace, workspace } from './workspace.ts';

/** Numbers of one call of the loops: whole blocks, whatever their size, and few enough for the processor's cache. */
const numbersAtOnce = 1 << 17;

/** Like `quantize4`. `blockSize` must be a power of two from 16 to 4096. */
export function simdQuantize4(x: Float32Array, table: CodeTable, blockSize: number): Quantized4 {
  const codes = new Uint8Array(Math.ceil(x.length / 2));
  const absmax = new Float32Array(Math.ceil(x.length / blockSize));
  for (let start = 0; start < x.length; start += numbersAtOnce) {
    const piece = x.subarray(start, start + numbersAtOnce);
    const blocks = Math.ceil(piece.length / blockSize);
    const room = workspace(4 * numbersAtOnce, 4 * blocks, 4 * blocks, 64, 16, numbersAtOnce / 2);
    const magnitudes = absmax.subarray(start / blockSize, start / blockSize + blocks);
    measure(room, piece, blockSize, magnitudes);
    refuseInfinite(magnitudes, blockSize, start, x.length);
    encode(room, magnitudes, table, blockSize, codes.subarray(start / 2, start / 2 + Math.ceil(piece.length / 2)));
  }
  if (x.length % blockSize) quantizeShort(x, absmax, table, blockSize, codes);
  return { codes, absmax };
}

function measure({ loops, at, floats }: Workspace, x: Float32Array, blockSize: number, absmax: Float32Array): void {
  const [from, to] = at;
  const padded = floats(from, absmax.length * blockSize);
  padded.set(x);
  padded.fill(0, x.length);
  loops.absmax(from, from + 4 * padded.length, 4 * blockSize, to);
  absmax.set(floats(to, absmax.length));
}

function encode(
  { loops, at, floats, bytes }: Workspace,
  absmax: Float32Array,
  { midpoints, ascending }: CodeTable,
  blockSize: number,
  codes: Uint8Array,
): void {
  const [from, , inverses, thresholds, order, to] = at;
  const inverse = floats(inverses, absmax.length);
  for (let block = 0; block < absmax.length; block++) inverse[block] = inverseOf(absmax[block]);
  floats(thresholds, midpoints.length).set(midpoints);
  bytes(order, ascending.length).set(ascending);
  const end = from + 4 * absmax.length * blockSize;
  loops.quantize4(from, end, 4 * blockSize, inverses, thresholds, order, to);
  codes.set(bytes(to, codes.length));
}

/** Like `dequantize4`, but the result lies in memory that the next call overwrites. `blockSize` must be a multiple of 16. */
export function simdDequantize4(
  { codes, absmax }: Quantized4,
  table: CodeTable,
  blockSize: number,
  length: number,
): Float32Array {
  const whole = absmax.length * blockSize;
  const { loops, at, bytes, floats } = workspace(4 * whole, whole / 2, 4 * absmax.length, 4 * 512);
  const [to, from, scales, pairs] = at;
  bytes(from, codes.length).set(codes);
  floats(scales, absmax.length).set(absmax);
  const { values } = table;
  const both = floats(pairs, 512);
  for (let byte = 0; byte < 256; byte++) {
    both[2 * byte] = values[byte >> 4];
    both[2 * byte + 1] = values[byte & 15];
  }
  loops.dequantize4(from, from + whole / 2, blockSize / 2, scales, pairs, to);
  return floats(to, length);
}
