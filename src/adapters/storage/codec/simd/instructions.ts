/**
 * The instructions of WebAssembly that the loops need, under the names of its text format, each with its operands. Addresses are in
 * bytes; a load and a store add their offset to them.
 */
import { type Code, type Local, signed, unsigned } from './assembler.ts';

/** Repeats the body as long as the condition that follows it is not 0. */
export const repeatWhile = (body: Code, condition: Code): Code => [0x03, 0x40, body, condition, 0x0d, 0x00, 0x0b];

/** local += amount */
export const advance = (local: Local, amount: number): Code => local.set(i32.add(local.value, i32.const(amount)));

type Binary = (a: Code, b: Code) => Code;
type Shift = (a: Code, bits: Code) => Code;
type Load = (address: Code, offset?: number) => Code;

const at = (offset: number): Code => [0, unsigned(offset)];

export const i32 = {
  const: (value: number): Code => [0x41, signed(value)],
  load8_u: (address: Code, offset: number): Code => [address, 0x2d, at(offset)],
  lt_u: ((a, b) => [a, b, 0x49]) as Binary,
  add: ((a, b) => [a, b, 0x6a]) as Binary,
  shl: ((a, bits) => [a, bits, 0x74]) as Shift,
} as const;

const simd = (code: number, ...immediates: Code[]): Code => [0xfd, unsigned(code), immediates];
const binary =
  (code: number): Binary =>
  (a, b) => [a, b, simd(code)];
const load =
  (code: number): Load =>
  (address, offset = 0) => [address, simd(code, at(offset))];
const splat =
  (code: number) =>
  (value: Code): Code => [value, simd(code)];

export const v128 = {
  load: load(0x00),
  load32_splat: load(0x09),
  /** Two numbers into the lower half, zeros into the upper. */
  load64_zero: load(0x5d),
  /** Two numbers into one half of a vector. */
  load64_lane: (address: Code, vector: Code, half: 0 | 1): Code => [address, vector, simd(0x57, at(0), half)],
  store: (address: Code, vector: Code, offset = 0): Code => [address, vector, simd(0x0b, at(offset))],
  store32_lane: (address: Code, vector: Code, lane: number): Code => [address, vector, simd(0x5a, at(0), lane)],
  store64_lane: (address: Code, vector: Code, half: 0 | 1): Code => [address, vector, simd(0x5b, at(0), half)],
  and: binary(0x4e),
  or: binary(0x50),
} as const;

export const i8x16 = {
  /** The bytes of two vectors by their numbers, the second's counted from 16. */
  shuffle: (a: Code, b: Code, bytes: readonly number[]): Code => [a, b, simd(0x0d, bytes)],
  /** The bytes of the first vector by the numbers in the second. */
  swizzle: binary(0x0e),
  narrow_i16x8_u: binary(0x66),
} as const;

export const i16x8 = {
  splat: splat(0x10),
  narrow_i32x4_u: binary(0x86),
  shl: binary(0x8b),
  shr_u: binary(0x8d),
} as const;

export const i32x4 = { splat: splat(0x11), sub: binary(0xb1), max_s: binary(0xb8) } as const;

export const f32x4 = { gt: binary(0x44), mul: binary(0xe6) } as const;
