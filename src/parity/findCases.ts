/** Finds reference cases below folders, told apart by their files, never by their names (fixtures/README.md). */
import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { RequestError } from '../errors.ts';
import { caseFolder } from './caseFolder.ts';
import type { CaseKind } from './caseResult.ts';
import { kinds } from './kinds.ts';

export interface FoundCase {
  readonly kind: CaseKind;
  readonly name: string;
  /** Folder of most, file of a quantization case. */
  readonly path: string;
}

/** Every case in or below the folders, once each. A folder without any, or none at all, is a RequestError. */
export function findCases(...folders: readonly string[]): FoundCase[] {
  const found = new Map<string, FoundCase>();
  for (const one of folders.flatMap(casesBelow)) {
    const real = realPath(one.path);
    if (!found.has(real)) found.set(real, one);
  }
  return [...found.values()];
}

/** A link that leads nowhere, or round in a circle, stays as it is: checking it says so. */
function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return path.resolve(file);
  }
}

function casesBelow(folder: string): FoundCase[] {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (!stat) throw new RequestError(`no such folder of cases: ${folder}`);
  if (!stat.isDirectory())
    throw new RequestError(`no such folder of cases: ${folder} is a file; give the folder that holds it`);
  const found = [...search(folder)].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  if (found.length === 0)
    throw new RequestError(`${folder} holds no case that parity knows: ${Object.keys(kinds).join(', ')}`);
  return found;
}

/** A case is not looked into. */
function* search(folder: string): Generator<FoundCase> {
  const opened = caseFolder(folder);
  const here = Object.values(kinds).flatMap(({ kind, find }) => find(opened).map((at) => ({ kind, at })));
  const itself = here.find(({ at }) => at === folder);
  for (const { kind, at } of itself ? [itself] : here)
    yield { kind, name: path.basename(path.resolve(at)).replace(/\.safetensors$/, ''), path: at };
  if (!itself) for (const name of opened.folders) yield* search(path.join(folder, name));
}
