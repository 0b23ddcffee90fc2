/**
 * Weights that bitsandbytes saved in 4 bits, as transformers writes them: beside the codes `<w>` there are
 *
 *   <w>.quant_state.bitsandbytes__nf4 (or fp4)   JSON as bytes: quant_type, blocksize, dtype, shape [out, in], and of nested scales more
 *   <w>.quant_map                                the 16 values of the codes
 *   <w>.absmax                                   a scale a block: float32, or codes of 8 bits, which have
 *   <w>.nested_absmax, <w>.nested_quant_map      a scale for each 256 of them, and the 256 values of those codes
 *
 * Nothing that the files say is believed: every type, length and shape is checked against the others.
 */
import { z } from 'zod';
import { RequestError } from '../errors.ts';
import type { SafetensorsFile } from './safetensors.ts';

const dtypes = ['float32', 'float16', 'bfloat16'] as const;

export interface QuantizedWeight {
  /** nf4 or fp4. */
  readonly kind: string;
  /** A linear map's, whatever the family: transformers turns GPT-2's before it quantizes them. */
  readonly shape: readonly [outputs: number, inputs: number];
  readonly blockSize: number;
  /** What the numbers were before, and are rounded to when they come back. */
  readonly dtype: (typeof dtypes)[number];
  /** Two codes a byte, row-major, the first in the high nibble: ceil(outputs · inputs / 2) bytes. */
  readonly codes: Uint8Array;
  /** The 16 values of the codes. */
  readonly values: Float32Array;
  /** Scales of the blocks, ceil(outputs · inputs / blockSize) of them. */
  readonly scales: Float32Array | NestedScales;
}

export interface NestedScales {
  readonly codes: Uint8Array;
  /** The 256 values of these codes. */
  readonly values: Float32Array;
  readonly absmax: Float32Array;
  readonly blockSize: number;
  readonly offset: number;
}

const state = z.object({
  quant_type: z.string(),
  blocksize: z.int().min(1),
  dtype: z.enum(dtypes),
  shape: z.tuple([z.int().min(1), z.int().min(1)]),
  nested_blocksize: z.int().min(1).optional(),
  nested_dtype: z.literal('float32').optional(),
  nested_offset: z.number().optional(),
});

const stateKey = /^(.+)\.quant_state\.bitsandbytes__(.+)$/;
const parts = ['absmax', 'quant_map', 'nested_absmax', 'nested_quant_map'];
/** A state has some 200 bytes. */
const longestState = 1 << 16;

/** The weights in 4 bits among these tensors, and all tensors that only accompany one. Throws RequestError for a weight of two kinds. */
export function quantizedNames(tensors: Iterable<string>): {
  readonly kinds: ReadonlyMap<string, string>;
  readonly companions: ReadonlySet<string>;
} {
  const kinds = new Map<string, string>();
  const companions = new Set<string>();
  for (const name of tensors) {
    const [, weight, kind] = stateKey.exec(name) ?? [];
    if (weight === undefined) continue;
    if (kinds.has(weight)) throw new RequestError(`${weight} has two quant_states: ${kinds.get(weight)} and ${kind}`);
    kinds.set(weight, kind);
    for (const companion of [name, ...parts.map((part) => `${weight}.${part}`)]) companions.add(companion);
  }
  return { kinds, companions };
}

/** What the state of a weight says of it. `fileOf`: the file that holds a tensor, which may be another shard. */
export function quantizedShape(
  weight: string,
  kind: string,
  fileOf: (name: string) => SafetensorsFile,
): readonly [number, number] {
  return readState(weight, kind, fileOf).shape;
}

/** Throws RequestError, which names the file and the tensor, for anything that does not fit. */
export function readQuantized(
  weight: string,
  kind: string,
  fileOf: (name: string) => SafetensorsFile,
): QuantizedWeight {
  const { blocksize: blockSize, dtype, shape, ...nested } = readState(weight, kind, fileOf);
  const numbers = shape[0] * shape[1];
  const blocks = Math.ceil(numbers / blockSize);
  const codes = rawBytes(fileOf(weight), weight, Math.ceil(numbers / 2));
  const floats = (part: string, length: number): Float32Array => readFloats(fileOf, `${weight}.${part}`, length);
  const values = floats('quant_map', 16);
  const common = { kind, shape, blockSize, dtype, codes, values };
  if (fileOf(`${weight}.absmax`).tensors.get(`${weight}.absmax`)?.dtype !== 'U8')
    return { ...common, scales: floats('absmax', blocks) };
  const { nested_blocksize: nestedSize, nested_offset: offset } = nested;
  if (nestedSize === undefined || offset === undefined)
    throw new RequestError(
      `${fileOf(weight).file}: ${weight} has scales in 8 bits, but its quant_state does not say how`,
    );
  const scales = {
    codes: rawBytes(fileOf(`${weight}.absmax`), `${weight}.absmax`, blocks),
    values: floats('nested_quant_map', 256),
    absmax: floats('nested_absmax', Math.ceil(blocks / nestedSize)),
    blockSize: nestedSize,
    offset,
  };
  return { ...common, scales };
}

function readState(weight: string, kind: string, fileOf: (name: string) => SafetensorsFile): z.infer<typeof state> {
  const key = `${weight}.quant_state.bitsandbytes__${kind}`;
  const { file, readRaw, tensors } = fileOf(key);
  const broken = (why: string): RequestError => new RequestError(`${file}: tensor ${key}: ${why}`);
  const { dtype, bytes } = tensors.get(key)!;
  if (dtype !== 'U8' || bytes > longestState)
    throw broken(`expected a JSON object in U8, found ${bytes} bytes of ${dtype}`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(readRaw(key).data as Uint8Array));
  } catch (error) {
    throw broken(`not JSON: ${(error as Error).message}`);
  }
  const parsed = state.safeParse(json);
  if (!parsed.success) throw broken(z.prettifyError(parsed.error).replaceAll('\n', ' '));
  if (parsed.data.quant_type !== kind) throw broken(`its quant_type is ${parsed.data.quant_type}`);
  return parsed.data;
}

/** The bytes of a tensor of any type: bitsandbytes may store codes as other numbers (quant_storage). */
function rawBytes({ file, readRaw }: SafetensorsFile, name: string, length: number): Uint8Array {
  const { data, shape, dtype } = readRaw(name);
  if (data.byteLength !== length)
    throw new RequestError(
      `${file}: tensor ${name} should hold ${length} bytes of codes, but is [${shape.join(', ')}] of ${dtype}`,
    );
  return new Uint8Array(data.buffer, data.byteOffset, length);
}

function readFloats(fileOf: (name: string) => SafetensorsFile, name: string, length: number): Float32Array {
  const { file, readRaw } = fileOf(name);
  const { data, shape, dtype } = readRaw(name);
  if (dtype !== 'F32' || data.length !== length)
    throw new RequestError(
      `${file}: tensor ${name} should hold ${length} numbers of F32, but is [${shape.join(', ')}] of ${dtype}`,
    );
  const at = (data as Float32Array).findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new RequestError(`${file}: tensor ${name}: number ${at} of ${length} is ${data[at]}`);
  return data as Float32Array;
}
