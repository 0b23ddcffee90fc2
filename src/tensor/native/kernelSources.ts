import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from './home.ts';

/** Where our own C++ lies, built or not. */
export const ownSources: string = path.join(packageRoot, 'src', 'tensor', 'native');

const folder = path.join(ownSources, 'kernels');

/** What keeps TensorFlow quiet, and signals away from its threads: compiled with the kernels, and anew when they are. */
export const smallAddons: readonly string[] = ['quiet', 'shield'];

/** Everything is optimized; no errno, no traps: neither is looked at, and both keep loops from being vectors. */
export const kernelFlags: readonly string[] = ['-O3', '-fno-math-errno', '-fno-trapping-math', '-pthread'];

/** What the kernels are compiled from. */
export const kernelSources = (): string[] => filesOf(/\.cc$/);

let known: string | undefined;

/**
 * Sixteen hexadecimal digits that stand for the sources of the kernels and of the small addons, and for how they are compiled. The files
 * of built kernels have them in their names: kernels of other sources, which may compute something else, are not found.
 */
export function kernelVersion(): string {
  if (known) return known;
  const hash = createHash('sha256').update(JSON.stringify(kernelFlags));
  const small = ['addon.h', ...smallAddons.map((name) => `${name}.cc`)].map((name) => path.join(ownSources, name));
  for (const file of [...small, ...filesOf(/\.(?:cc|h)$/)])
    hash.update(`\n${path.basename(file)}\n`).update(readFileSync(file));
  return (known = hash.digest('hex').slice(0, 16));
}

const filesOf = (name: RegExp): string[] =>
  readdirSync(folder)
    .filter((file) => name.test(file))
    .toSorted()
    .map((file) => path.join(folder, file));
