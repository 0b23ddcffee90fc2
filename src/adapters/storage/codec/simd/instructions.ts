/**
 * The instructions of WebAssembly that the loops need, under the names of its text format, each with its operands. Addresses are in
 * bytes; a load and a store add their offset to them.
 */
import { type Code, type Local, signed, unsigned } from './assembler.ts';

/** Repeats the body as long as the condition that follows it is not 0. */
export const repeatWhile = (body: Code, condition: Code): Code => [0x03, 0x40, body, condition, 0x0d, 0x00, 0x0b];

/** local += amount */
export const advance = (local: Local, amount: number): Code => local.set(i32.add(local.value, i32.const(amount)));

type Unary = (value: Code) => Code;
type Binary = (a: Code, b: Code) => Code;
type Load = (address: Code, offset?: number) => Code;
/** Between memory and a part of a vector. */
type Part = (address: Code, vector: Code, lane: number) => Code;

const at = (offset: number): Code => [0, unsigned(offset)];
const scalar =
  (code: number): Binary =>
  (a, b) => [a, b, code];

export const i32: {
  const(value: number): Code;
  load8_u(address: Code, offset: number): Code;
  readonly lt_u: Binary;
  readonly add: Binary;
  readonly shl: Binary;
} = {
  const: (value) => [0x41, signed(value)],
  load8_u: (address, offset) => [address, 0x2d, at(offset)],
  lt_u: scalar(0x49),
  add: scalar(0x6a),
  shl: scalar(0x74),
};

const simd = (code: number, ...immediates: Code[]): Code => [0xfd, unsigned(code), immediates];
const unary =
  (code: number): Unary =>
  (value) => [value, simd(code)];
const binary =
  (code: number): Binary =>
  (a, b) => [a, b, simd(code)];
const load =
  (code: number): Load =>
  (address, offset = 0) => [address, simd(code, at(offset))];
const part =
  (code: number): Part =>
  (address, vector, index) => [address, vector, simd(code, at(0), index)];

export const v128: {
  readonly load: Load;
  readonly load32_splat: Load;
  /** One number into the first lane, zeros into the others. */
  readonly load32_zero: Load;
  /** One number into one lane of a vector. */
  readonly load32_lane: Part;
  /** Two numbers into the lower half, zeros into the upper. */
  readonly load64_zero: Load;
  /** Two numbers into one half of a vector. */
  readonly load64_lane: Part;
  store(address: Code, vector: Code, offset?: number): Code;
  readonly store32_lane: Part;
  readonly store64_lane: Part;
  readonly and: Binary;
  readonly or: Binary;
} = {
  load: load(0x00),
  load32_splat: load(0x09),
  load32_zero: load(0x5c),
  load32_lane: part(0x56),
  load64_zero: load(0x5d),
  load64_lane: part(0x57),
  store: (address, vector, offset = 0) => [address, vector, simd(0x0b, at(offset))],
  store32_lane: part(0x5a),
  store64_lane: part(0x5b),
  and: binary(0x4e),
  or: binary(0x50),
};

export const i8x16: {
  /** The bytes of two vectors by their numbers, the second's counted from 16. */
  shuffle(a: Code, b: Code, bytes: readonly number[]): Code;
  /** The bytes of the first vector by the numbers in the second. */
  readonly swizzle: Binary;
  readonly narrow_i16x8_u: Binary;
} = {
  shuffle: (a, b, bytes) => [a, b, simd(0x0d, bytes)],
  swizzle: binary(0x0e),
  narrow_i16x8_u: binary(0x66),
};

export const i16x8: {
  readonly splat: Unary;
  readonly narrow_i32x4_u: Binary;
  readonly shl: Binary;
  readonly shr_u: Binary;
} = { splat: unary(0x10), narrow_i32x4_u: binary(0x86), shl: binary(0x8b), shr_u: binary(0x8d) };

export const i32x4: { readonly splat: Unary; readonly sub: Binary; readonly max_s: Binary } = {
  splat: unary(0x11),
  sub: binary(0xb1),
  max_s: binary(0xb8),
};

export const f32x4: { readonly gt: Binary; readonly mul: Binary } = { gt: binary(0x44), mul: binary(0xe6) };
