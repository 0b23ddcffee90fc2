/** What a folder holds, as far as it takes to tell cases apart. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pythonJson } from './pythonJson.ts';

export interface CaseFolder {
  readonly path: string;
  /** Names of its files, sorted. */
  readonly files: readonly string[];
  /** Names of its folders, sorted. */
  readonly folders: readonly string[];
  has(...names: readonly string[]): boolean;
  /** Whether a file is there that holds a JSON object with all of these keys; 'unreadable' if it holds anything else. */
  holds(name: string, ...keys: readonly string[]): boolean | 'unreadable';
}

/** Symbolic links to folders are not followed, so that a search ends. */
export function caseFolder(folder: string): CaseFolder {
  const entries = readdirSync(folder, { withFileTypes: true });
  const names = (of: 'files' | 'folders'): string[] =>
    entries
      .filter((entry) => entry.isDirectory() === (of === 'folders'))
      .map(({ name }) => name)
      .toSorted();
  const files = names('files');
  const read = new Map<string, object | null>();
  const objectOf = (name: string): object | null => {
    if (!read.has(name)) read.set(name, jsonObject(path.join(folder, name)));
    return read.get(name)!;
  };
  return {
    path: folder,
    files,
    folders: names('folders'),
    has: (...wanted) => wanted.every((name) => files.includes(name)),
    holds(name, ...keys) {
      if (!files.includes(name)) return false;
      const found = objectOf(name);
      return found === null ? 'unreadable' : keys.every((key) => Object.hasOwn(found, key));
    },
  };
}

function jsonObject(file: string): object | null {
  try {
    const value = pythonJson(readFileSync(file, 'utf8'));
    return typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
