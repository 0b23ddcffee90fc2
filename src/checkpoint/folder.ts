/** A Hugging Face checkpoint folder: `config.json` beside the weights in one or more safetensors files (weightFiles.ts). */
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { inContext, RequestError } from '../errors.ts';
import { closestText } from '../closestNames.ts';
import { readJsonObject } from './jsonObject.ts';
import { quantizedNames, type QuantizedWeight, quantizedShape, readQuantized } from './quantizedWeights.ts';
import { firstNotFinite } from './firstNotFinite.ts';
import { type Memory, openSafetensors, type SafetensorsFile } from './safetensors.ts';
import { findWeightFiles } from './weightFiles.ts';

/** An open checkpoint: its configuration as stored, and its tensors under the names of the files. `close` it when done. */
export interface Checkpoint {
  readonly folder: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** All tensor names, sorted. */
  names(): string[];
  has(name: string): boolean;
  /** Dimensions of a tensor. Throws RequestError with the closest names if there is none of that name. */
  shape(name: string): readonly number[];
  /**
   * A floating-point tensor as float32, row-major, in `memory` where some is given. Throws RequestError also for a value that is NaN or
   * infinite, or in 4 bits.
   */
  read(name: string, memory?: Memory): { shape: readonly number[]; data: Float32Array };
  /** Whether bitsandbytes saved this weight in 4 bits. Then its shape is [out, in], and the tensors beside it are not named. */
  isQuantized(name: string): boolean;
  /** Such a weight's codes, as `read` refuses it; null for any other. */
  quantized(name: string): QuantizedWeight | null;
  /**
   * sha256 (hexadecimal) of config.json and of each tensor's name, dtype, shape and bytes, however sharded. Reads the weights, the first
   * time that it is asked for; also after `close`. Throws RequestError where they are no longer what was opened.
   */
  hash(): string;
  close(): void;
}

/** Opens a checkpoint folder: reads config.json and the headers of the weights. Throws RequestError saying what is missing or broken. */
export function openCheckpoint(folder: string): Checkpoint {
  const { text, value: config } = readConfig(folder);
  const { files: paths, indexed } = findWeightFiles(folder);
  const files: SafetensorsFile[] = [];
  let isClosed = false;
  const close = (): void => {
    isClosed = true;
    files.forEach((file) => file.close());
  };
  try {
    for (const file of paths) files.push(openSafetensors(file));
    const owners = union(files);
    for (const [name, file] of indexed) {
      if (owners.get(name)?.file !== file)
        throw new RequestError(`${file}: has no tensor ${name}, which the index says is in it`);
    }
    const stamps = files.map((file) => file.stamp());
    let known: string | null = null;
    const hash = (): string => (known ??= isClosed ? hashAgain(text, paths, stamps) : hashOf(text, files, stamps));
    return { folder, config, close, hash, ...reader(folder, owners) };
  } catch (error) {
    close();
    throw error;
  }
}

function readConfig(folder: string): ReturnType<typeof readJsonObject> {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (!stat) throw new RequestError(`${folder}: no such folder: expected a Hugging Face checkpoint folder`);
  if (!stat.isDirectory())
    throw new RequestError(`${folder}: expected a checkpoint folder, found a file: give the folder that holds it`);
  const file = path.join(folder, 'config.json');
  if (!existsSync(file)) throw new RequestError(`${folder}: no config.json: expected a Hugging Face checkpoint folder`);
  return readJsonObject(file);
}

/** The file that holds each tensor, sorted by name. */
function union(files: readonly SafetensorsFile[]): Map<string, SafetensorsFile> {
  const owners = new Map<string, SafetensorsFile>();
  for (const file of files) {
    for (const name of file.tensors.keys()) {
      const other = owners.get(name);
      if (other)
        throw new RequestError(`${file.file}: tensor ${name} is also in ${other.file}: each must be in one shard`);
      owners.set(name, file);
    }
  }
  return new Map([...owners].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function reader(
  folder: string,
  owners: ReadonlyMap<string, SafetensorsFile>,
): Pick<Checkpoint, 'names' | 'has' | 'shape' | 'read' | 'isQuantized' | 'quantized'> {
  const owner = (name: string): SafetensorsFile => {
    const file = owners.get(name);
    if (file) return file;
    throw new RequestError(`${folder}: the weights have no tensor ${name}; ${closestText(name, owners.keys())}`);
  };
  const { kinds, companions } = inContext(`${folder}: `, () => quantizedNames(owners.keys()));
  return {
    names: () => [...owners.keys()].filter((name) => !companions.has(name)),
    has: (name) => owners.has(name) && !companions.has(name),
    shape: (name) =>
      kinds.has(name) ? quantizedShape(name, kinds.get(name)!, owner) : owner(name).tensors.get(name)!.shape,
    isQuantized: (name) => kinds.has(name),
    quantized: (name) => (kinds.has(name) ? readQuantized(name, kinds.get(name)!, owner) : null),
    read(name, memory) {
      const file = owner(name);
      if (kinds.has(name))
        throw new RequestError(
          `${file.file}: tensor ${name} is in 4 bits (${kinds.get(name)}), where full numbers are needed`,
        );
      const tensor = file.read(name, memory);
      const at = memory?.areFinite?.(tensor.data) ? -1 : firstNotFinite(tensor.data);
      if (at >= 0)
        throw new RequestError(
          `${file.file}: tensor ${name}: number ${at} of ${tensor.data.length} is ${tensor.data[at]}`,
        );
      return tensor;
    },
  };
}

function hashAgain(configText: string, paths: readonly string[], stamps: readonly string[]): string {
  const files: SafetensorsFile[] = [];
  try {
    for (const file of paths) files.push(openSafetensors(file));
    return hashOf(configText, files, stamps);
  } finally {
    files.forEach((file) => file.close());
  }
}

/** `stamps`: of the files when they were opened. */
function hashOf(configText: string, files: readonly SafetensorsFile[], stamps: readonly string[]): string {
  const changed = files.find((file, i) => file.stamp() !== stamps[i]);
  if (changed) throw new RequestError(`${changed.file}: was written to after it was opened: load the checkpoint again`);
  const sha256 = createHash('sha256').update(JSON.stringify(configText));
  for (const [name, file] of union(files)) {
    const { dtype, shape } = file.tensors.get(name)!;
    sha256.update(JSON.stringify([name, dtype, shape]));
    for (const piece of file.pieces(name)) sha256.update(piece);
  }
  return sha256.digest('hex');
}
