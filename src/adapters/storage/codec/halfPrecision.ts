/** Rounding of float32 numbers to the nearest of a shorter type, half to even (IEEE 754), kept as float32. */

export type RoundedType = 'float32' | 'float16' | 'bfloat16';

/** In place. */
export function rounded(values: Float32Array, type: RoundedType): Float32Array {
  if (type === 'bfloat16') roundToBfloat16(values);
  if (type === 'float16') for (let i = 0; i < values.length; i++) values[i] = nearestFloat16(values[i]);
  return values;
}

/** The upper half of the bits: adding 0x7fff, and one more where the last bit kept is 1, carries just where it should. Finite numbers. */
function roundToBfloat16(values: Float32Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) bits[i] = (bits[i] + 0x7fff + ((bits[i] >>> 16) & 1)) & 0xffff0000;
}

/** 11 significant bits, fewer below 2^-14, none below 2^-24; 65,520 and above are infinite. */
function nearestFloat16(value: number): number {
  const magnitude = Math.abs(value);
  if (magnitude >= 65520) return Math.sign(value) * Infinity;
  const exponent = Math.max(-14, Math.floor(Math.log2(magnitude)));
  const unit = 2 ** (exponent - 10);
  return roundedHalfToEven(value / unit) * unit;
}

/** Adding 1.5 · 2^52 to a double leaves no bits for a fraction: the processor rounds, half to even. */
export const roundedHalfToEven = (x: number): number => x + 6755399441055744 - 6755399441055744;
