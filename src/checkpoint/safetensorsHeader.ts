/**
 * The header of a safetensors file: JSON text, tensor name -> { dtype, shape, data_offsets: [begin, end] }, offsets counted from the end of
 * the header, beside an optional `__metadata__` of strings. Nothing in it is trusted: every length is checked against the others and the file.
 * As in the format's own library the tensors must cover the data without hole or overlap, so nothing can hide between them.
 */
import { RequestError } from '../errors.ts';
import type { ByteFile } from './byteFile.ts';
import { DTYPES } from './dtypes.ts';
import { duplicateKey } from './duplicateKey.ts';

/** One tensor of a file: `shape` in numbers, `bytes` its length in the file, `position` where its first byte stands in the file. */
export interface TensorInfo {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  readonly position: number;
}

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The format's own limit. */
const LIMIT_BYTES = 100_000_000;

/** Reads and checks the header of a file. Throws RequestError naming the file, the tensor, and what was expected and found. */
export function readHeader(source: ByteFile): SafetensorsHeader {
  const { file, bytes: fileBytes } = source;
  if (fileBytes < 8)
    throw new RequestError(`${file}: cut off: expected at least 8 bytes of a safetensors file, found ${fileBytes}`);
  const prefix = new Uint8Array(8);
  source.fill(prefix, 0, 'the header length');
  if (new TextDecoder().decode(prefix) === 'version ') {
    throw new RequestError(`${file}: a Git LFS pointer, not the weights: fetch them with \`git lfs pull\``);
  }
  const headerBytes = Number(new DataView(prefix.buffer).getBigUint64(0, true));
  const limit = Math.min(LIMIT_BYTES, fileBytes - 8);
  if (headerBytes > limit) {
    throw new RequestError(
      `${file}: cut off or not a safetensors file: expected a header of at most ${limit} bytes, found a length of ${headerBytes}`,
    );
  }
  const header = new Uint8Array(headerBytes);
  source.fill(header, 8, 'the header');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header);
  } catch {
    throw new RequestError(`${file}: not a valid safetensors file: the header is not UTF-8 text`);
  }
  return parseHeader(file, text, 8 + headerBytes, fileBytes - 8 - headerBytes);
}

/** The header `text` of `file`, whose data start at byte `dataPosition` and are `dataBytes` long. */
function parseHeader(file: string, text: string, dataPosition: number, dataBytes: number): SafetensorsHeader {
  const bad = (problem: string): RequestError => new RequestError(`${file}: not a valid safetensors file: ${problem}`);
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    throw bad(`the header is not JSON (${(error as Error).message})`);
  }
  if (!isObject(header)) throw bad(`the header must be a JSON object, found ${show(header)}`);
  const twice = duplicateKey(text);
  if (twice !== undefined) throw bad(`the header has the key ${show(twice)} twice`);

  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isObject(metadata)) throw bad(`__metadata__ must be an object of strings, found ${show(metadata)}`);
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') throw bad(`__metadata__ ${show(key)} must be a string, found ${show(value)}`);
  }

  const tensors = Object.entries(entries).map(([name, entry]) => {
    const wrong = (problem: string): RequestError => bad(`tensor ${show(name)}: ${problem}`);
    if (!isObject(entry)) throw wrong(`expected an object with dtype, shape and data_offsets, found ${show(entry)}`);
    const { dtype, shape, data_offsets: offsets } = entry;
    if (typeof dtype !== 'string' || !Object.hasOwn(DTYPES, dtype)) {
      throw wrong(`unknown dtype ${show(dtype)}; known: ${Object.keys(DTYPES).join(', ')}`);
    }
    if (!isCounts(shape)) throw wrong(`shape must be a list of whole numbers of at least 0, found ${show(shape)}`);
    if (!isCounts(offsets) || offsets.length !== 2) {
      throw wrong(`data_offsets must be two whole numbers of at least 0, found ${show(offsets)}`);
    }
    const [begin, end] = offsets;
    const expected = shape.reduce((product, dimension) => product * dimension, DTYPES[dtype].bytes);
    if (end - begin !== expected) {
      throw wrong(
        `${dtype} of shape ${show(shape)} takes ${expected} bytes, but data_offsets ${show(offsets)} hold ${end - begin}`,
      );
    }
    return { name, dtype, shape, bytes: expected, position: dataPosition + begin };
  });

  let next = dataPosition;
  for (const { name, position, bytes } of tensors.toSorted((a, b) => a.position - b.position || a.bytes - b.bytes)) {
    if (position !== next) {
      const what = position < next ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw bad(
        `tensor ${show(name)} ${what}: expected to begin at offset ${next - dataPosition}, found ${position - dataPosition}`,
      );
    }
    next += bytes;
  }
  if (next !== dataPosition + dataBytes) {
    const what =
      next > dataPosition + dataBytes
        ? 'the file is cut off (download or copy it again)'
        : 'there are bytes behind the last tensor';
    throw bad(`${what}: the tensors take ${next - dataPosition} bytes, found ${dataBytes} behind the header`);
  }
  return {
    tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])),
    metadata: metadata as Record<string, string>,
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && (count as number) >= 0);
}

/** A value from the file as JSON, cut to a length fit for a message. */
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
