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

/** Widest first; equal widths in the library's order. */
const DTYPES_WIDEST_FIRST = ['F32', 'I32', 'U8'];

/**
 * Writes a whole file or nothing (writeWhole).
 * The tensors are written from where they are, without a second copy in memory.
 * Throws Error if a shape does not fit its data, and what the file system says (a full disk, no permission).
 */
export function writeSafetensors(
  file: string,
  tensors: ReadonlyMap<string, TensorToWrite> | Readonly<Record<string, TensorToWrite>>,
  metadata: Readonly<Record<string, string>> = {},
): void {
  const named = tensors instanceof Map ? [...tensors] : Object.entries(tensors);
  const sorted = named
    .map(([name, tensor]: [string, TensorToWrite]) => ({ ...tensor, name, dtype: dtypeOf(file, name, tensor) }))
    .sort((a, b) => rank(a.dtype) - rank(b.dtype) || compareUtf8(a.name, b.name));
  writeWhole(file, [...encodeHeader(sorted, metadata), ...sorted.map(({ data }) => data)]);
}

function dtypeOf(file: string, name: string, { shape, data }: TensorToWrite): string {
  if (name === '__metadata__') throw new Error(`${file}: a tensor cannot be named __metadata__`);
  const numbers = shape.reduce((product, dimension) => product * dimension, 1);
  if (numbers !== data.length || !shape.every((dimension) => Number.isInteger(dimension) && dimension >= 0)) {
    throw new Error(
      `${file}: tensor ${name}: shape [${shape.join(', ')}] holds ${numbers} numbers, found ${data.length}`,
    );
  }
  if (data instanceof Float32Array) return 'F32';
  return data instanceof Int32Array ? 'I32' : 'U8';
}

function rank(dtype: string): number {
  return DTYPES_WIDEST_FIRST.indexOf(dtype);
}

function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

type Described = TensorToWrite & { readonly name: string; readonly dtype: string };

/** The header's length and the header. JSON is joined by hand because an object would put keys that look like numbers first. */
function encodeHeader(tensors: readonly Described[], metadata: Readonly<Record<string, string>>): Uint8Array[] {
  const json = (pairs: [string, string][]): string =>
    `{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;
  let end = 0;
  const entries = tensors.map(({ name, dtype, shape, data }): [string, string] => {
    const begin = end;
    end += data.byteLength;
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
