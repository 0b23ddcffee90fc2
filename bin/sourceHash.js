// Which sources a build belongs to.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Of every file that the compiler reads, by name and content: copying a checkout changes times, not this. */
export function sourceHash() {
  const sha = createHash('sha256');
  const names = readdirSync(path.join(root, 'src'), { recursive: true }).filter((name) => name.endsWith('.ts'));
  const files = names.map((name) => path.join('src', name)).sort();
  for (const file of [...files, 'tsconfig.json', 'tsconfig.build.json'])
    sha
      .update(`${file}\0`)
      .update(readFileSync(path.join(root, file)))
      .update('\0');
  return sha.digest('hex');
}

/** Whether dist is there and was made of these sources. An installed package has no settings for the compiler: its build is right. */
export function isBuilt() {
  if (!existsSync(path.join(root, 'dist', 'index.js'))) return false;
  if (!existsSync(path.join(root, 'tsconfig.build.json'))) return true;
  const noted = path.join(root, 'dist', 'source-hash');
  return existsSync(noted) && readFileSync(noted, 'utf8') === sourceHash();
}
