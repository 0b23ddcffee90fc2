import { existsSync } from 'node:fs';
import path from 'node:path';
import { addonFolder, compileKernels, nodeHeaders, removeKernels } from './compile.ts';
import { kernelFile } from './kernelAddon.ts';
import { levelsHere, type ProcessorLevel } from './processorLevel.ts';
import type { ProgramOptions } from './runProgram.ts';
import { type Built, smokeTest, type SmokeResult } from './smoke.ts';

/** An engine that works, and the level of the kernels that it will use; null where it has none to use. */
export interface Installed extends SmokeResult {
  kernels: ProcessorLevel | null;
}

/** The engine's package in the folder that was built. */
export const packageOf = (folder: string): string => path.join(folder, 'node_modules', '@tensorflow', 'tfjs-node-gpu');

/** Whether the headers that kernels are compiled with lie in what was built: builds of before had none. */
export const canBuildKernels = (folder: string): boolean => existsSync(nodeHeaders(packageOf(folder)));

/**
 * Compiles our kernels into an engine that works, and tries them. What fails is said, and the engine is left without kernels: portable
 * formulas then compute the same, slower. Throws only when it is aborted.
 */
export async function buildKernels(
  built: Built,
  gpu: boolean,
  say: (line: string) => void,
  options: ProgramOptions,
): Promise<ProcessorLevel | null> {
  const folder = packageOf(built.folder);
  try {
    await compileKernels(folder, options);
    const level = gpu ? undefined : levelsHere()[0];
    if (!level) return null;
    await smokeTest(built, options, kernelFile(addonFolder(folder), level));
    return level;
  } catch (error) {
    options.signal?.throwIfAborted();
    removeKernels(folder);
    say(`      Our own kernels are left out, the engine works without, slower: ${(error as Error).message}`);
    return null;
  }
}
