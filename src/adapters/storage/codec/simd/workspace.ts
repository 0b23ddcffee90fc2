/**
 * The loops, and the memory that they work in: one for all, overwritten by each call, as large as the largest call so far has needed.
 * It starts at a page of its own, so that TensorFlow looks at what lies at its start and does not copy it.
 */
import { absmax } from './absmax.ts';
import { assemble } from './assembler.ts';
import { dequantize4 } from './dequantize4.ts';
import { dequantize8 } from './dequantize8.ts';
import { quantize4 } from './quantize4.ts';

/** Takes the parameters that its file names, in that order. */
type Loop = (...parameters: number[]) => void;
type Loops = Readonly<Record<'absmax' | 'dequantize4' | 'dequantize8' | 'quantize4', Loop>>;

interface Memory {
  readonly buffer: ArrayBuffer;
}

/** What TypeScript's types for Node leave out. */
interface WebAssembly {
  readonly Memory: new (size: { initial: number }) => Memory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
  validate(bytes: Uint8Array): boolean;
}

export interface Workspace {
  readonly loops: Loops;
  /** Addresses of the parts, the first at the start of a page. */
  readonly at: readonly number[];
  bytes(at: number, length: number): Uint8Array;
  floats(at: number, length: number): Float32Array;
}

const assembly = (globalThis as { WebAssembly?: WebAssembly }).WebAssembly;
let program: Uint8Array<ArrayBuffer> | undefined;
const assembled = (): Uint8Array<ArrayBuffer> =>
  (program ??= assemble({ absmax, dequantize4, dequantize8, quantize4 }));

let usable: boolean | undefined;
/** False on a processor, or with a way to start Node, that cannot run the loops. */
export const available = (): boolean => (usable ??= assembly?.validate(assembled()) ?? false);

const pageBytes = 65536;
const alignment = 64;
let compiled: object | null = null;
let current: { readonly buffer: ArrayBuffer; readonly loops: Loops } | null = null;

export function workspace(...parts: readonly number[]): Workspace {
  let total = 0;
  const at = parts.map((bytes) => {
    const start = total;
    total += Math.ceil(bytes / alignment) * alignment;
    return start;
  });
  const { buffer, loops } = memoryOf(total);
  return {
    loops,
    at,
    bytes: (start, length) => new Uint8Array(buffer, start, length),
    floats: (start, length) => new Float32Array(buffer, start, length),
  };
}

/** Another memory where the last is too small: growing it would take away what an engine may still look at. */
function memoryOf(bytes: number): { readonly buffer: ArrayBuffer; readonly loops: Loops } {
  if (current && current.buffer.byteLength >= bytes) return current;
  if (!assembly) throw new Error('this Node has no WebAssembly');
  compiled ??= new assembly.Module(assembled());
  const memory = new assembly.Memory({ initial: Math.ceil(bytes / pageBytes) });
  const { exports } = new assembly.Instance(compiled, { host: { memory } });
  return (current = { buffer: memory.buffer, loops: exports as Loops });
}
