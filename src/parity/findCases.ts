/**
 * Finds reference cases below folders, told apart by their files, never by their names (fixtures/README.md). What cannot be read is
 * taken for the case that it seems to be, so that running it says what is wrong.
 */
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
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (!stat) throw new RequestError(`no such folder of cases: ${folder}`);
  if (!stat.isDirectory())
    throw new RequestError(`no such folder of cases: ${folder} is a file; give the folder that holds it`);
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
  const isLoose = !['case.json', 'config.json', 'adapter_config.json'].some((name) =>
    existsSync(path.join(folder, name)),
  );
  for (const entry of readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const inside = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* search(inside);
    else if (isLoose && entry.name.endsWith('.safetensors') && isQuantization(inside))
      yield { kind: 'quantization', name: entry.name.replace(/\.safetensors$/, ''), path: inside };
  }
}

/** A folder with a case.json that has `train`, or that is no JSON beside the batches of a run. */
function isRun(folder: string): boolean {
  const file = path.join(folder, 'case.json');
  if (!existsSync(file)) return false;
  try {
    const json = JSON.parse(readFileSync(file, 'utf8')) as unknown;
    return typeof json === 'object' && json !== null && 'train' in json;
  } catch {
    return existsSync(path.join(folder, 'batches.safetensors'));
  }
}

/** A file with the key `input` and codes of some format, or one that cannot be opened. */
function isQuantization(file: string): boolean {
  try {
    const opened = openSafetensors(file);
    const names = [...opened.tensors.keys()];
    opened.close();
    return names.includes('input') && names.some((name) => name.endsWith('.codes'));
  } catch {
    return true;
  }
}
