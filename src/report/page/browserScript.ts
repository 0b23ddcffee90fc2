import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The modules of pages lie in src, as JavaScript with checked types: a page must not need a build, and they run as they stand
 * there. From dist, src is beside it in the package too.
 */
const folder = fileURLToPath(new URL('../../../src/report/page/browser/', import.meta.url));

/**
 * A module of `browser/` and all that it imports, as one script without imports: dependencies first, each in the scope of one
 * function. Two modules must not give the same name to two things (test/report/page).
 */
export function browserScript(entry: string): string {
  const modules = [...modulesOf(entry)].map(([, code]) => code);
  return `(function () {\n'use strict';\n${modules.join('\n')}\n})();\n`;
}

/** By file name, dependencies first, without imports and exports. */
export function modulesOf(name: string, found: Map<string, string> = new Map()): Map<string, string> {
  if (found.has(name)) return found;
  const code = readFileSync(path.join(folder, name), 'utf8');
  for (const [, from] of code.matchAll(importLine)) modulesOf(from, found);
  return found.set(name, code.replace(importLine, '').replace(/^export (?=async|function|const)/gm, ''));
}

const importLine = /^import \{[^}]*\} from '\.\/([\w.]+)';\n/gm;
