/**
 * Reading safetensors: 8 bytes header length (little-endian), the header (safetensorsHeader.ts), then the tensors' bytes, row-major and
 * little-endian like the typed arrays of every machine TensorFlow.js runs on. Opening reads the header only; a tensor is read when asked for.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { RequestError } from '../errors.ts';
import { closestNames } from './closestNames.ts';
import { DTYPES, type RawData } from './dtypes.ts';
import { parseHeader, type TensorInfo } from './safetensorsHeader.ts';

/** The format's own limit. */
const HEADER_LIMIT_BYTES = 100_000_000;
const PIECE_BYTES = 1 << 20;

/** An open file. Every error names the file and the tensor; `close` it when done. */
export interface SafetensorsFile {
  readonly file: string;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: Readonly<Record<string, string>>;
  /** F32, F16, BF16 and F64 as float32 (F64 rounded to nearest). Throws RequestError for any other dtype. */
  read(name: string): { shape: readonly number[]; data: Float32Array };
  /** The numbers as stored. */
  readRaw(name: string): { dtype: string; shape: readonly number[]; data: RawData };
  /** The stored bytes in order, in pieces of at most 1 MiB. A piece is valid until the next is asked for. */
  pieces(name: string): Iterable<Uint8Array>;
  close(): void;
}

/** Opens a safetensors file and checks its header. Throws RequestError if it is missing, cut off or in any way inconsistent. */
export function openSafetensors(file: string): SafetensorsFile {
  const descriptor = open(file);
  try {
    return read(file, descriptor);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function open(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (error) {
    throw new RequestError(`${file}: cannot be opened: ${(error as Error).message}`);
  }
}

function read(file: string, descriptor: number): SafetensorsFile {
  const stat = fstatSync(descriptor);
  if (!stat.isFile()) throw new RequestError(`${file}: expected a safetensors file, found a folder or device`);
  let closed = false;

  const fill = (bytes: Uint8Array, position: number, what: string): void => {
    if (closed) throw new Error(`${file}: ${what} was asked for after the file was closed`);
    for (let done = 0; done < bytes.length;) {
      const got = readSync(descriptor, bytes, done, Math.min(bytes.length - done, 1 << 30), position + done);
      if (got === 0)
        throw new RequestError(`${file}: cut off inside ${what}: expected ${bytes.length} bytes, found ${done}`);
      done += got;
    }
  };

  const header = readHeader(file, stat.size, fill);
  const find = (name: string): TensorInfo => {
    const info = header.tensors.get(name);
    if (info) return info;
    throw new RequestError(
      `${file}: no tensor ${JSON.stringify(name)}; closest: ${closestNames(name, header.tensors.keys()).join(', ')}`,
    );
  };

  function* pieces({ name, position, bytes }: TensorInfo): Generator<Uint8Array> {
    const buffer = new Uint8Array(Math.min(bytes, PIECE_BYTES));
    for (let done = 0; done < bytes; done += PIECE_BYTES) {
      const piece = buffer.subarray(0, Math.min(PIECE_BYTES, bytes - done));
      fill(piece, position + done, `tensor ${name}`);
      yield piece;
    }
  }

  const readRaw = (info: TensorInfo): RawData => {
    const bytes = new Uint8Array(info.bytes);
    fill(bytes, info.position, `tensor ${info.name}`);
    return new DTYPES[info.dtype].array(bytes.buffer);
  };

  const readFloat32 = (info: TensorInfo): Float32Array => {
    const { array, bytes, widen } = DTYPES[info.dtype];
    if (!widen) {
      throw new RequestError(
        `${file}: tensor ${info.name} is ${info.dtype}, expected a floating-point type (F32, F16, BF16, F64)`,
      );
    }
    if (info.dtype === 'F32') return readRaw(info) as Float32Array;
    const data = new Float32Array(info.bytes / bytes);
    let at = 0;
    for (const piece of pieces(info)) {
      const numbers = new array(piece.buffer as ArrayBuffer, 0, piece.length / bytes);
      widen(numbers, data, at);
      at += numbers.length;
    }
    return data;
  };

  return {
    file,
    ...header,
    read(name) {
      const info = find(name);
      return { shape: info.shape, data: readFloat32(info) };
    },
    readRaw(name) {
      const info = find(name);
      return { dtype: info.dtype, shape: info.shape, data: readRaw(info) };
    },
    pieces: (name) => pieces(find(name)),
    close() {
      if (!closed) closeSync(descriptor);
      closed = true;
    },
  };
}

function readHeader(
  file: string,
  fileBytes: number,
  fill: (bytes: Uint8Array, position: number, what: string) => void,
): ReturnType<typeof parseHeader> {
  if (fileBytes < 8)
    throw new RequestError(`${file}: cut off: expected at least 8 bytes of a safetensors file, found ${fileBytes}`);
  const prefix = new Uint8Array(8);
  fill(prefix, 0, 'the header length');
  if (new TextDecoder().decode(prefix) === 'version ') {
    throw new RequestError(`${file}: a Git LFS pointer, not the weights: fetch them with \`git lfs pull\``);
  }
  const headerBytes = Number(new DataView(prefix.buffer).getBigUint64(0, true));
  if (headerBytes > HEADER_LIMIT_BYTES || headerBytes + 8 > fileBytes) {
    const limit = Math.min(HEADER_LIMIT_BYTES, fileBytes - 8);
    throw new RequestError(
      `${file}: cut off or not a safetensors file: expected a header of at most ${limit} bytes, found a length of ${headerBytes}`,
    );
  }
  const header = new Uint8Array(headerBytes);
  fill(header, 8, 'the header');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header);
  } catch {
    throw new RequestError(`${file}: not a valid safetensors file: the header is not UTF-8 text`);
  }
  return parseHeader(file, text, 8 + headerBytes, fileBytes - 8 - headerBytes);
}
