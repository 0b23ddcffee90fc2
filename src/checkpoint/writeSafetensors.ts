/**
 * Writing safetensors. The same tensors and metadata always give the same bytes, and those of the format's own library: tensors by
 * number type, widest first, then by name in UTF-8 order, so that each is aligned to its numbers; the header is compact JSON padded
 * with spaces to a multiple of 8 bytes. Metadata keys, which the library leaves in any order, are sorted.
 */
import { writeWhole } from '../atomicFile.ts';

/** A tensor to write, row-major: Float32Array becomes F32, Int32Array I32, Uint8Array U8. */
export interface TensorToWrite {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** A tensor in float32 whose numbers are made when it is their turn to be written, so that one alone has to be in memory. */
export interface TensorToMake {
  readonly shape: readonly number[];
  make(): Float32Array;
}

/** Widest first; equal widths in the library's order. */
const DTYPES_WIDEST_FIRST = ['F32', 'I32', 'U8'];
const BYTES: Readonly<Record<string, number>> = { F32: 4, I32: 4, U8: 1 };

/**
 * Writes a whole file or nothing (writeWhole).
 * The tensors are written from where they are, without a second copy in memory.
 * Throws Error if a shape does not fit its data, and what the file system says (a full disk, no permission).
 */
export function writeSafetensors(
  file: string,
  tensors: ReadonlyMap<string, Given> | Readonly<Record<string, Given>>,
  metadata: Readonly<Record<string, string>> = {},
): void {
  const named = tensors instanceof Map ? [...tensors] : Object.entries(tensors);
  const sorted = named
    .map(([name, given]: [string, Given]) => described(file, name, given))
    .sort((a, b) => rank(a.dtype) - rank(b.dtype) || compareUtf8(a.name, b.name));
  writeWhole(file, pieces(file, sorted, metadata));
}

function* pieces(
  file: string,
  tensors: readonly Described[],
  metadata: Readonly<Record<string, string>>,
): Generator<ArrayBufferView> {
  yield* encodeHeader(tensors, metadata);
  for (const { name, shape, numbers, make } of tensors) {
    const data = make();
    if (data.length !== numbers) throw misfit(file, name, shape, numbers, data.length);
    yield data;
  }
}

type Given = TensorToWrite | TensorToMake;

interface Described {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly numbers: number;
  make(): TensorToWrite['data'];
}

function described(file: string, name: string, given: Given): Described {
  if (name === '__metadata__') throw new Error(`${file}: a tensor cannot be named __metadata__`);
  const { shape } = given;
  const numbers = shape.reduce((product, dimension) => product * dimension, 1);
  const whole = shape.every((dimension) => Number.isInteger(dimension) && dimension >= 0);
  if ('make' in given) {
    if (!whole) throw misfit(file, name, shape, numbers, numbers);
    return { name, dtype: 'F32', shape, numbers, make: given.make };
  }
  const { data } = given;
  if (!whole || numbers !== data.length) throw misfit(file, name, shape, numbers, data.length);
  return { name, dtype: dtypeOf(data), shape, numbers, make: () => data };
}

function misfit(file: string, name: string, shape: readonly number[], numbers: number, found: number): Error {
  return new Error(`${file}: tensor ${name}: shape [${shape.join(', ')}] holds ${numbers} numbers, found ${found}`);
}

function dtypeOf(data: TensorToWrite['data']): string {
  if (data instanceof Float32Array) return 'F32';
  return data instanceof Int32Array ? 'I32' : 'U8';
}

function rank(dtype: string): number {
  return DTYPES_WIDEST_FIRST.indexOf(dtype);
}

function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The header's length and the header. JSON is joined by hand because an object would put keys that look like numbers first. */
function encodeHeader(tensors: readonly Described[], metadata: Readonly<Record<string, string>>): Uint8Array[] {
  const json = (pairs: [string, string][]): string =>
    `{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;
  let end = 0;
  const entries = tensors.map(({ name, dtype, shape, numbers }): [string, string] => {
    const begin = end;
    end += numbers * BYTES[dtype]!;
    return [name, JSON.stringify({ dtype, shape, data_offsets: [begin, end] })];
  });
  const about = Object.entries(metadata).sort(([a], [b]) => compareUtf8(a, b));
  if (about.length > 0)
    entries.unshift(['__metadata__', json(about.map(([key, value]) => [key, JSON.stringify(value)]))]);
  const text = Buffer.from(json(entries));
  const header = Buffer.alloc(Math.ceil(text.length / 8) * 8, ' ');
  header.set(text);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return [length, header];
}
