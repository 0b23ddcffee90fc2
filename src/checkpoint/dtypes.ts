/**
 * The number types of a safetensors file: bytes of one number, the typed array that holds it as stored, and, for floating-point types
 * that fit into float32, its widening. Listed in the format's own order, which decides where the writer puts a tensor.
 * Source: the `Dtype` enumeration of the safetensors format (types smaller than a byte are left out).
 */

/** Numbers as a file stores them; float16, bfloat16 and 8-bit floats come as their bit patterns, BOOL as 0 and 1. */
export type RawData =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

/** Converts numbers as stored, `from`, which start at a multiple of four bytes, to float32 in `to`, starting at index `at` of `to`. */
type Widen = (from: RawData, to: Float32Array, at: number) => void;

/** One number type: `bytes` of one number, its typed array, and its widening to float32 (null: it is not a float that fits). */
export interface Dtype {
  readonly bytes: number;
  readonly array: new (buffer: ArrayBuffer, byteOffset?: number, length?: number) => RawData;
  readonly widen: Widen | null;
}

const copy: Widen = (from, to, at) => to.set(from as Float32Array, at);

/** The upper half of a pair of numbers. */
const UPPER = 0xffff_0000;

/** bfloat16 is the upper half of a float32. Read in pairs, four a turn: three times as fast as one number a turn. */
const widenBfloat16: Widen = (from, to, at) => {
  const bits = new Int32Array(to.buffer, to.byteOffset + 4 * at, from.length);
  const pairs = new Int32Array(from.buffer, from.byteOffset, from.length >> 1);
  const whole = pairs.length & ~3;
  for (let i = 0, j = 0; i < whole; i += 4, j += 8) {
    const a = pairs[i]!;
    const b = pairs[i + 1]!;
    const c = pairs[i + 2]!;
    const d = pairs[i + 3]!;
    bits[j] = a << 16;
    bits[j + 1] = a & UPPER;
    bits[j + 2] = b << 16;
    bits[j + 3] = b & UPPER;
    bits[j + 4] = c << 16;
    bits[j + 5] = c & UPPER;
    bits[j + 6] = d << 16;
    bits[j + 7] = d & UPPER;
  }
  for (let i = 2 * whole; i < from.length; i++) bits[i] = (from[i] as number) << 16;
};

/** Bit patterns of float32 by those of float16. */
let float16Values: Int32Array | null = null;

/** IEEE 754 binary16: sign, 5 bits of exponent (bias 15), 10 of fraction. All 65,536 values are computed once. */
const widenFloat16: Widen = (from, to, at) => {
  const table = (float16Values ??= new Int32Array(
    Float32Array.from({ length: 65_536 }, (_, i) => float16Value(i)).buffer,
  ));
  const bits = new Int32Array(to.buffer, to.byteOffset + 4 * at, from.length);
  const stored = from as Uint16Array;
  const whole = stored.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    bits[i] = table[stored[i]!]!;
    bits[i + 1] = table[stored[i + 1]!]!;
    bits[i + 2] = table[stored[i + 2]!]!;
    bits[i + 3] = table[stored[i + 3]!]!;
  }
  for (let i = whole; i < stored.length; i++) bits[i] = table[stored[i]!]!;
};

function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent ? sign * 2 ** (exponent - 15) * (1 + fraction / 1024) : sign * 2 ** -24 * fraction;
}

export const DTYPES: Readonly<Record<string, Dtype>> = {
  BOOL: { bytes: 1, array: Uint8Array, widen: null },
  U8: { bytes: 1, array: Uint8Array, widen: null },
  I8: { bytes: 1, array: Int8Array, widen: null },
  F8_E5M2: { bytes: 1, array: Uint8Array, widen: null },
  F8_E4M3: { bytes: 1, array: Uint8Array, widen: null },
  F8_E8M0: { bytes: 1, array: Uint8Array, widen: null },
  I16: { bytes: 2, array: Int16Array, widen: null },
  U16: { bytes: 2, array: Uint16Array, widen: null },
  F16: { bytes: 2, array: Uint16Array, widen: widenFloat16 },
  BF16: { bytes: 2, array: Uint16Array, widen: widenBfloat16 },
  I32: { bytes: 4, array: Int32Array, widen: null },
  U32: { bytes: 4, array: Uint32Array, widen: null },
  F32: { bytes: 4, array: Float32Array, widen: copy },
  F64: { bytes: 8, array: Float64Array, widen: copy },
  I64: { bytes: 8, array: BigInt64Array, widen: null },
  U64: { bytes: 8, array: BigUint64Array, widen: null },
};
