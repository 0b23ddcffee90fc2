import { workspace } from './workspace.ts';

/**
 * value[byte] · scale · share of each byte, with a scale for each block (of a multiple of 4; the last may be short), each product rounded
 * to float32. The result lies in memory that the next call overwrites.
 */
export function simdDequantize8(
  codes: Uint8Array | Int8Array,
  values: Float32Array,
  scales: Float32Array,
  blockSize: number,
  share = 1,
): Float32Array {
  const whole = scales.length * blockSize;
  const room = workspace(4 * whole, whole, 4 * scales.length, 4, 4 * values.length);
  const [to, from, factors, last, table] = room.at;
  room.bytes(from, codes.length).set(codes);
  room.floats(factors, scales.length).set(scales);
  room.floats(last, 1)[0] = share;
  room.floats(table, values.length).set(values);
  room.loops.dequantize8(from, from + whole, blockSize, factors, last, table, to);
  return room.floats(to, codes.length);
}
