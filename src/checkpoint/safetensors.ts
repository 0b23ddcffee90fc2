/**
 * Reading safetensors: 8 bytes header length (little-endian), the header (safetensorsHeader.ts), then the tensors' bytes, row-major and
 * little-endian like the typed arrays of every machine TensorFlow.js runs on. Opening reads the header only.
 */
import { RequestError } from '../errors.ts';
import { openByteFile, type ByteFile } from './byteFile.ts';
import { closestText } from '../closestNames.ts';
import { DTYPES, type RawData } from './dtypes.ts';
import { readHeader, type TensorInfo } from './safetensorsHeader.ts';

const PIECE_BYTES = 1 << 20;

/** Where the numbers of a tensor are put. */
export interface Memory {
  /** Room for so many numbers, whatever stands in it. It may be the same at every call. */
  room(numbers: number): Float32Array<ArrayBuffer>;
  /** A fast look at all of them at once: true says that each is a finite number, false that one may not be. */
  areFinite?(values: Float32Array): boolean;
}

const ownMemory: Memory = { room: (numbers) => new Float32Array(numbers) };

/** An open file. Every error names the file and the tensor; `close` it when done. */
export interface SafetensorsFile {
  readonly file: string;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * F32, F16, BF16 and F64 as float32 (F64 rounded to nearest), in `memory` where some is given. Throws RequestError for any other
   * dtype.
   */
  read(name: string, memory?: Memory): { shape: readonly number[]; data: Float32Array };
  /** The numbers as stored. */
  readRaw(name: string): { dtype: string; shape: readonly number[]; data: RawData };
  /** The stored bytes in order, in pieces of at most 1 MiB. A piece is valid until the next is asked for. */
  pieces(name: string): Iterable<Uint8Array>;
  /** See ByteFile. */
  stamp(): string;
  close(): void;
}

/** Opens a safetensors file and checks its header. Throws RequestError if it is missing, cut off or in any way inconsistent. */
export function openSafetensors(file: string): SafetensorsFile {
  const source = openByteFile(file);
  try {
    const header = readHeader(source);
    const find = (name: string): TensorInfo => {
      const info = header.tensors.get(name);
      if (info) return info;
      throw new RequestError(`${file}: no tensor ${JSON.stringify(name)}; ${closestText(name, header.tensors.keys())}`);
    };
    return {
      file,
      ...header,
      read(name, memory = ownMemory) {
        const info = find(name);
        return { shape: info.shape, data: readFloat32(source, info, memory) };
      },
      readRaw(name) {
        const info = find(name);
        return { dtype: info.dtype, shape: info.shape, data: readRaw(source, info) };
      },
      pieces: (name) => readPieces(source, find(name)),
      stamp: () => source.stamp(),
      close: () => source.close(),
    };
  } catch (error) {
    source.close();
    throw error;
  }
}

function readRaw(source: ByteFile, { name, dtype, bytes, position }: TensorInfo): RawData {
  const stored = new Uint8Array(bytes);
  source.fill(stored, position, `tensor ${name}`);
  return new DTYPES[dtype].array(stored.buffer);
}

/** Converts piece by piece, so that a tensor never stands in memory both as stored and as float32. */
function readFloat32(source: ByteFile, info: TensorInfo, memory: Memory): Float32Array {
  const { array, bytes, widen } = DTYPES[info.dtype];
  if (!widen) {
    throw new RequestError(
      `${source.file}: tensor ${info.name} is ${info.dtype}, expected a floating-point type (F32, F16, BF16, F64)`,
    );
  }
  const data = memory.room(info.bytes / bytes);
  if (info.dtype === 'F32') {
    source.fill(new Uint8Array(data.buffer, data.byteOffset, info.bytes), info.position, `tensor ${info.name}`);
    return data;
  }
  let at = 0;
  for (const piece of readPieces(source, info)) {
    const numbers = new array(piece.buffer, 0, piece.length / bytes);
    widen(numbers, data, at);
    at += numbers.length;
  }
  return data;
}

function* readPieces(source: ByteFile, { name, position, bytes }: TensorInfo): Generator<Uint8Array<ArrayBuffer>> {
  const buffer = new Uint8Array(Math.min(bytes, PIECE_BYTES));
  for (let done = 0; done < bytes; done += PIECE_BYTES) {
    const piece = buffer.subarray(0, Math.min(PIECE_BYTES, bytes - done));
    source.fill(piece, position + done, `tensor ${name}`);
    yield piece;
  }
}
