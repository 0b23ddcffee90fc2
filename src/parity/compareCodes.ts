/** Compares our codes, scales and restored numbers with recorded ones, byte for byte. */
import { dequantize8, quantize8 } from '../adapters/storage/codec/blockwise8.ts';
import { NESTED_BLOCK } from '../adapters/storage/codec/doubleQuantization.ts';
import { BLOCK_SIZES, type FourBitKind, packMatrix, unpackMatrix } from '../adapters/storage/codec/packedMatrix.ts';
import { dequantizeRows, quantizeRows } from '../adapters/storage/codec/rowwise8.ts';
import type { SafetensorsFile } from '../checkpoint/safetensors.ts';
import { Unsupported } from '../errors.ts';
import { largestDifference } from './caseResult.ts';

export interface RecordedVector {
  readonly opened: SafetensorsFile;
  readonly input: { readonly shape: readonly number[]; readonly data: Float32Array };
  /** Called with every deviation; the largest of a name counts. */
  readonly note: (what: string, value: number) => void;
}

/** NF4 or FP4 below `key`: as recorded plain and, where it is there, with scales quantized again. */
export function compareBlocks4(
  { opened, input: { data }, note }: RecordedVector,
  key: string,
  kind: FourBitKind,
  blockSize: number | null,
): void {
  if (blockSize === null || !BLOCK_SIZES.includes(blockSize))
    throw new Unsupported(`${key} is not in blocks of a known size; known are ${BLOCK_SIZES.join(', ')}`);
  const numbers = (name: string): Float32Array => opened.read(`${key}.${name}`).data;
  const shape: [number, number] = [1, data.length];
  const plain = packMatrix(data, shape, { kind, blockSize, double: false });
  note(`${kind}.codes`, differentBytes(plain.codes, bytesOf(opened, `${key}.codes`), fourBitValue(kind)));
  if ('absmax' in plain) note(`${kind}.absmax`, beyondEmpty(plain.absmax, numbers('absmax')));
  note(`${kind}.dequantised`, beyondRounding(unpackMatrix(plain), opened, `${key}.dequantised`));
  if (!opened.tensors.has(`${key}.double.dequantised`)) return;
  const nested = packMatrix(data, shape, { kind, blockSize, double: true });
  if ('double' in nested) {
    const { codes, nestedAbsmax, offset } = nested.double;
    const wanted = numbers('double.nestedAbsmax');
    // codes of a block whose scales are all alike have no meaning, as they are multiplied with zero
    const meaningful = (code: number, i: number): number =>
      unlessEmpty(wanted[Math.floor(i / NESTED_BLOCK)]) > 0 ? code : 0;
    const wantedCodes = bytesOf(opened, `${key}.double.absmaxCodes`);
    note(`${kind}.double.absmaxCodes`, differentBytes(codes, wantedCodes, meaningful));
    note(`${kind}.double.nestedAbsmax`, beyondEmpty(nestedAbsmax, wanted));
    note(`${kind}.double.offset`, beyondEmpty(Float32Array.of(offset), numbers('double.offset')));
  }
  note(`${kind}.double.dequantised`, beyondRounding(unpackMatrix(nested), opened, `${key}.double.dequantised`));
}

/** The dynamic map below `key`. */
export function compareBlocks8(
  { opened, input: { data }, note }: RecordedVector,
  key: string,
  blockSize: number | null,
): void {
  if (blockSize === null || blockSize < 1) throw new Unsupported(`${key} is not in blocks of a known size`);
  const { codes, absmax } = quantize8(data, blockSize);
  note('dynamic8.codes', differentBytes(codes, bytesOf(opened, `${key}.codes`)));
  note('dynamic8.absmax', beyondEmpty(absmax, opened.read(`${key}.absmax`).data));
  const restored = dequantize8({ codes, absmax }, blockSize);
  note('dynamic8.dequantised', beyondRounding(restored, opened, `${key}.dequantised`));
}

/** int8 by rows. */
export function compareRows8({ opened, input: { shape, data }, note }: RecordedVector, key: string): void {
  if (shape.length !== 2)
    throw new Error(`${opened.file}: ${key} has a scale a row, but input has the shape [${shape.join(', ')}]`);
  const quantized = quantizeRows(data, [shape[0], shape[1]]);
  note('int8.codes', differentBytes(quantized.codes, bytesOf(opened, `${key}.codes`, 'I8')));
  note('int8.rowAbsmax', beyondEmpty(quantized.rowAbsmax, opened.read(`${key}.rowAbsmax`).data));
  note('int8.dequantised', beyondRounding(dequantizeRows(quantized), opened, `${key}.dequantised`));
}

function bytesOf(opened: SafetensorsFile, name: string, expected: 'U8' | 'I8' = 'U8'): Uint8Array | Int8Array {
  const { dtype, data } = opened.readRaw(name);
  if (dtype !== expected) throw new Error(`${opened.file}: tensor ${name} is ${dtype}, expected ${expected}`);
  return data as Uint8Array | Int8Array;
}

/** Number of bytes that differ in what they mean. */
function differentBytes(
  got: Uint8Array | Int8Array,
  wanted: Uint8Array | Int8Array,
  meaning: (byte: number, i: number) => number = (byte) => byte,
): number {
  if (got.length !== wanted.length) return Infinity;
  let different = 0;
  for (let i = 0; i < got.length; i++) different += Number(meaning(got[i], i) !== meaning(wanted[i], i));
  return different;
}

/** FP4 has two zeros, 0 and 8: a byte with the one for the other is the same. */
const fourBitValue =
  (kind: FourBitKind) =>
  (byte: number): number =>
    kind === 'fp4' ? [byte >> 4, byte & 15].reduce((both, code) => 16 * both + (code === 8 ? 0 : code), 0) : byte;

/** The scale of a block of zeros may be 0 or 1e-38, and so may what is made of such scales. */
const unlessEmpty = (scale: number): number => (Math.abs(scale) <= 2e-38 ? 0 : scale);

function beyondEmpty(got: Float32Array, wanted: Float32Array): number {
  return largestDifference(Array.from(got, unlessEmpty), Array.from(wanted, unlessEmpty));
}

/** What storing a number in this type may change it by, relative to it. */
const rounding: { readonly [dtype: string]: number } = { F16: 2 ** -11, BF16: 2 ** -8 };

/** How far the restored numbers are from the recorded ones, beyond what the recorded type cannot tell apart. */
function beyondRounding(got: Float32Array, opened: SafetensorsFile, key: string): number {
  const wanted = opened.read(key).data;
  const share = rounding[opened.tensors.get(key)!.dtype] ?? 0;
  if (share === 0 || got.length !== wanted.length) return largestDifference(got, wanted);
  return largestDifference(
    got.map((value, i) => (Math.abs(value - wanted[i]) <= share * Math.abs(value) ? wanted[i] : value)),
    wanted,
  );
}
