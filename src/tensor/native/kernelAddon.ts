/** Our own kernels as they were built beside the engine: which of them fit this processor and these sources, and loading them. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { RequestError } from '../../errors.ts';
import { kernelVersion } from './kernelSources.ts';
import { levelsHere, type ProcessorLevel, processorLevels } from './processorLevel.ts';

/** The kernels' addon for one level, in the folder of the engine's own. */
export const kernelFile = (folder: string, level: ProcessorLevel): string =>
  path.join(folder, `kernels-${level}-${kernelVersion()}.node`);

/** Whether the kernels of these sources were built, for every level. */
export const kernelsBuilt = (folder: string): boolean =>
  processorLevels.every((level) => existsSync(kernelFile(folder, level)));

/** Which kernels run, and why none where one would expect some. */
export interface Kernels {
  readonly level: ProcessorLevel | null;
  readonly missing?: string;
}

let level: ProcessorLevel | null = null;

/** Whether the kernels run in this process. */
export const kernelsLoaded = (): boolean => level !== null;

/**
 * Loads the kernels for this processor, or for the level that ADAPTERLAB_KERNELS names, to be run by so many threads; after the addon
 * that brings TensorFlow in. Loaded again, only the number of threads changes. Throws a RequestError where what ADAPTERLAB_KERNELS asks
 * for is no level, not one of this processor, or not built.
 */
export function loadKernels(folder: string, threads: number): Kernels {
  const here = levelsHere();
  const asked = askedKernels(here);
  if (asked === 'off') return { level: null, missing: 'without kernels (ADAPTERLAB_KERNELS=off)' };
  const chosen = level ?? asked ?? here[0];
  if (!chosen) return { level: null };
  const file = kernelFile(folder, chosen);
  const problem = existsSync(file) ? start(file, threads) : 'not built from the present sources';
  if (problem === null) return { level: (level = chosen) };
  const missing = `without kernels (${problem}; "adapterlab engine install" builds them)`;
  if (asked) throw new RequestError(`ADAPTERLAB_KERNELS asks for "${asked}", but the engine is ${missing}.`);
  return { level: null, missing };
}

/** What ADAPTERLAB_KERNELS asks for: a level, `off`, or nothing. */
export function askedKernels(
  here: readonly ProcessorLevel[],
  asked: string | undefined = process.env.ADAPTERLAB_KERNELS,
): ProcessorLevel | 'off' | undefined {
  if (!asked) return undefined;
  if (asked === 'off') return asked;
  const found = processorLevels.find((name) => name === asked);
  if (!found)
    throw new RequestError(`ADAPTERLAB_KERNELS is "${asked}". It may be ${processorLevels.join(', ')} or off.`);
  if (here.includes(found)) return found;
  throw new RequestError(
    `ADAPTERLAB_KERNELS asks for "${asked}", which this processor does not have. ` +
      `It may be ${[...here, 'off'].join(' or ')} here.`,
  );
}

/** What kept the addon from being loaded; null where it runs. */
function start(file: string, threads: number): string | null {
  try {
    (createRequire(import.meta.url)(file) as { start: (threads: number) => void }).start(threads);
    return null;
  } catch (error) {
    // Without the file's own path: the reason is stored in records.
    return (error as Error).message.split('\n')[0]!.replaceAll(file, path.basename(file));
  }
}
