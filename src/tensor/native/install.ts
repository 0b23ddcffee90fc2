import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { RequestError } from '../../errors.ts';
import { build, readManifest, type Reporter } from './build.ts';
import { buildKernels, canBuildKernels, type Installed, packageOf } from './buildKernels.ts';
import { addonFolder } from './compile.ts';
import { nativeHome } from './home.ts';
import { kernelsBuilt } from './kernelAddon.ts';
import { checkMachine, makeRoom } from './machine.ts';
import { type NativeKind, tensorflowVersion, wheelPins } from './pins.ts';
import { buildFolder, putInPlace, removeLeftovers } from './place.ts';
import { levelsHere, type ProcessorLevel } from './processorLevel.ts';
import { smokeTest } from './smoke.ts';

export interface InstallOptions extends Reporter {
  /** TensorFlow for CUDA 12; it computes on the CPU where there is no GPU. */
  gpu?: boolean;
  /** Builds anew also where a working engine is found. */
  force?: boolean;
  /** The folder to put `.native` in; by default where `startEngine` looks for it. */
  home?: string;
  /** Ends the build; what was there before stays. */
  signal?: AbortSignal;
}

/**
 * Builds the native engine into `.native`, or leaves the one there when it works; where only our kernels are missing or older than their
 * sources, builds them alone. The engine is built in a folder beside, tried, and renamed at the end: a failure or an abort leaves what
 * was there before. Throws a RequestError when this machine cannot build it, an Error when a step failed.
 */
export async function installNative(options: InstallOptions): Promise<Installed> {
  const { gpu = false, force = false, home = nativeHome(), signal, say } = options;
  if (!home) throw new RequestError('TensorFlow.js is not installed beside adapterlab. Run "npm ci" first.');
  const kind: NativeKind = gpu ? 'gpu' : 'cpu';
  const target = path.join(home, '.native');
  if (!force) {
    const working = await alreadyWorking(target, home, kind, options);
    if (working) return working;
  }
  await checkMachine();
  removeLeftovers(home);
  const building = buildFolder(home);
  makeRoom(building, wheelPins[kind].neededBytes);
  try {
    const began = performance.now();
    const result = await build(building, home, kind, options, signal);
    signal?.throwIfAborted();
    putInPlace(building, target);
    say(`The native engine is in ${target} (${seconds(began)}): ${inWords(result)}.`);
    if (gpu && !result.gpu)
      say('No GPU was found: it computes on the CPU until there is one with a driver for CUDA 12.');
    return result;
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
}

async function alreadyWorking(
  target: string,
  home: string,
  kind: NativeKind,
  { say, signal }: InstallOptions,
): Promise<Installed | undefined> {
  if (!existsSync(target)) return undefined;
  const manifest = readManifest(target);
  if (kind === 'gpu' && manifest?.kind !== 'gpu') return undefined;
  if (manifest && manifest.tensorflow !== tensorflowVersion) return undefined;
  const built = { folder: target, home };
  try {
    const result = await smokeTest(built, { signal });
    const present = kernelsBuilt(addonFolder(packageOf(target)));
    if (!present && !canBuildKernels(target)) {
      say(`The native engine in ${target} is older than the kernels of adapterlab and is built anew.`);
      return undefined;
    }
    if (!present) say('Our own kernels are missing or older than their sources and are built (10 to 30 s).');
    const kernels = present ? keptLevel(result.gpu) : await buildKernels(built, result.gpu, say, { signal });
    say(`The native engine is installed and works: ${inWords({ ...result, kernels })}. To build it anew: --force.`);
    return { ...result, kernels };
  } catch (error) {
    signal?.throwIfAborted();
    say(`The native engine in ${target} does not work and is built anew: ${(error as Error).message}`);
    return undefined;
  }
}

/** The level of the kernels that will be used of those that are there. */
const keptLevel = (gpu: boolean): ProcessorLevel | null => (gpu ? null : (levelsHere()[0] ?? null));

const inWords = ({ tensorflow, gpu, kernels }: Installed): string =>
  `TensorFlow ${tensorflow} on the ${gpu ? 'GPU' : 'CPU'}${kernels ? `, our kernels for ${kernels}` : ''}`;
const seconds = (began: number): string => `${((performance.now() - began) / 1000).toFixed(1)} s`;
