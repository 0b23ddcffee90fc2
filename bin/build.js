// Compiles src into dist, whole or not at all, and notes there which sources it was made of.
import { execFileSync } from 'node:child_process';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sourceHash } from './sourceHash.js';

const at = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** False, and the old build untouched, where the compiler finds errors (it says which). */
export function build() {
  const [made, old] = [at(`dist.${process.pid}.part`), at(`dist.${process.pid}.old`)];
  const hash = sourceHash();
  try {
    const compiler = at('node_modules/typescript/bin/tsc');
    const project = ['-p', at('tsconfig.build.json'), '--outDir', made, '--noEmitOnError'];
    execFileSync(process.execPath, [compiler, ...project], { stdio: ['ignore', 2, 2] });
    writeFileSync(`${made}/source-hash`, hash);
    rmSync(old, { recursive: true, force: true });
    // Another process may be doing the same: then either's build is as good.
    unless('ENOENT', () => renameSync(at('dist'), old));
    unless('ENOTEMPTY', () => renameSync(made, at('dist')));
    return true;
  } catch (error) {
    if (error.status === undefined) throw error;
    return false;
  } finally {
    rmSync(made, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

function unless(code, f) {
  try {
    f();
  } catch (error) {
    if (error.code !== code) throw error;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url) && !build()) process.exitCode = 1;
