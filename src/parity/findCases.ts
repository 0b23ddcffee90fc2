/** Finds reference cases below folders, told apart by their files, never by their names (fixtures/README.md). */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { openSafetensors } from '../checkpoint/safetensors.ts';
import { RequestError } from '../errors.ts';

export interface FoundCase {
  readonly kind: 'run' | 'quantization';
  readonly name: string;
  /** Folder of a run, file of a quantization case. */
  readonly path: string;
}

/** Every case in or below a folder. A folder without any, or none at all, is a RequestError. */
export function findCases(folder: string): FoundCase[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new RequestError(`no such folder of cases: ${folder}`);
  const found = [...search(folder)];
  if (found.length === 0)
    throw new RequestError(
      `${folder} holds no case that parity knows: runs (case.json with "train") or quantization vectors`,
    );
  return found;
}

function* search(folder: string): Generator<FoundCase> {
  if (isRun(folder)) {
    yield { kind: 'run', name: path.basename(path.resolve(folder)), path: folder };
    return;
  }
  for (const entry of readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const inside = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* search(inside);
    else if (entry.name.endsWith('.safetensors') && isQuantization(inside))
      yield { kind: 'quantization', name: entry.name.replace(/\.safetensors$/, ''), path: inside };
  }
}

function isRun(folder: string): boolean {
  const files = ['case.json', 'batches.safetensors', 'expected.json'].map((name) => path.join(folder, name));
  if (!files.every((file) => existsSync(file))) return false;
  return 'train' in (JSON.parse(readFileSync(files[0], 'utf8')) as object);
}

/** A loose file with the key `input` and codes of some format. */
function isQuantization(file: string): boolean {
  const opened = openSafetensors(file);
  const names = [...opened.tensors.keys()];
  opened.close();
  return names.includes('input') && names.some((name) => name.endsWith('.codes'));
}
