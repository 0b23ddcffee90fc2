import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** Levels of x86-64 that the kernels are compiled for, the best first, with a feature that only processors of the level have. */
export const processorLevels: readonly { readonly name: string; readonly needs: readonly string[] }[] = [
  { name: 'x86-64-v4', needs: ['avx512f', 'avx512bw', 'avx512dq', 'avx512vl'] },
  { name: 'x86-64-v3', needs: ['avx2', 'fma', 'bmi2'] },
];

/** The name of the kernels' addon in the engine's folder. */
export const kernelFile = (level: string): string => `kernels-${level}.node`;

let loaded = false;

/** Whether the kernels run in this process. */
export const kernelsLoaded = (): boolean => loaded;

/**
 * Loads the kernels for this processor, to be run by so many threads. Nothing happens where they were not built, where the processor has
 * no level that they were built for, or with ADAPTERLAB_KERNELS=off. After the addon that brings TensorFlow in.
 */
export function loadKernels(folder: string, threads: number): void {
  if (process.env.ADAPTERLAB_KERNELS === 'off') return;
  const level = processorLevel(featuresOf(cpuinfo()));
  const file = level && path.join(folder, kernelFile(level));
  if (!file || !existsSync(file)) return;
  (createRequire(import.meta.url)(file) as { start: (threads: number) => void }).start(threads);
  loaded = true;
}

/** The best level that a processor with these features has; null where it has none. */
export function processorLevel(features: ReadonlySet<string>): string | null {
  return processorLevels.find(({ needs }) => needs.every((feature) => features.has(feature)))?.name ?? null;
}

/** The features of /proc/cpuinfo's first processor. */
export function featuresOf(text: string): ReadonlySet<string> {
  return new Set(/^flags\s*:(.*)$/m.exec(text)?.[1].trim().split(/\s+/));
}

function cpuinfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return ''; // not Linux
  }
}
