import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import tf from '@tensorflow/tfjs';
import type { EngineName, LoadedEngine } from './engineDescription.ts';
import { addonFolder } from './native/compile.ts';
import { nativeHome, packageRoot } from './native/home.ts';
import { type Kernels, loadKernels } from './native/kernelAddon.ts';
import { nativeBackend } from './nativeBackend.ts';

export interface LoadOptions {
  /** The folder whose `.native` is looked at; by default the one where the installer puts it. */
  root?: string;
  /** Threads that one native operation may use; by default TF_NUM_INTRAOP_THREADS, else all cores. */
  threads?: number;
}

/** A loaded engine with a note on where it was found. */
export type Load = (options: LoadOptions) => Promise<LoadedEngine & { how: string }>;

/** Makes one engine the current one, or throws an error whose first line says why it cannot be used. */
export const engineLoaders: Record<EngineName, Load> = { tensorflow: loadTensorflow, wasm: loadWasm, cpu: loadCpu };

const nativePackage = '@tensorflow/tfjs-node-gpu';
const requireHere = createRequire(import.meta.url);

async function loadTensorflow({ root, threads }: LoadOptions): Promise<LoadedEngine & { how: string }> {
  // TensorFlow reads it once, when it is loaded.
  if (threads !== undefined && !tf.findBackend('tensorflow')) process.env.TF_NUM_INTRAOP_THREADS = String(threads);
  const { how, folder } = requireNative(root ?? nativeHome() ?? packageRoot);
  if (!(await tf.setBackend('tensorflow'))) throw new Error('TensorFlow did not start');
  const backend = nativeBackend();
  const used = Number(process.env.TF_NUM_INTRAOP_THREADS) || os.availableParallelism();
  const own: Kernels = backend.isUsingGpuDevice ? { level: null } : loadKernels(folder, used);
  return {
    how: own.missing ? `${how}, ${own.missing}` : how,
    threads: used,
    gpu: backend.isUsingGpuDevice,
    kernels: own.level,
    tensorflow: backend.binding.TF_Version,
  };
}

/** Loads the addon built here, else the npm package with its own binary. Says which it was, or throws with why neither. */
function requireNative(root: string): { readonly how: string; readonly folder: string } {
  const built = path.join(root, '.native');
  const isBuilt = existsSync(path.join(built, 'node_modules', nativePackage));
  const places: [how: string, from: NodeJS.Require][] = [[`the npm package ${nativePackage}`, requireHere]];
  if (isBuilt) places.unshift(['built in .native', createRequire(path.join(built, 'package.json'))]);
  const problems = isBuilt ? [] : ['not built in .native'];
  for (const [how, from] of places) {
    const { folder, problem = '' } = tryNative(from);
    if (folder) return { how, folder };
    // Without the folder's own path: the reason is stored in records.
    problems.push(`${how}: ${problem.replaceAll(root + path.sep, '')}`);
  }
  throw new Error(problems.join('; '));
}

/** Loads the addon as one place finds it. Gives the addon's folder, or what is wrong. */
function tryNative(
  from: NodeJS.Require,
):
  | { readonly folder: string; readonly problem?: undefined }
  | { readonly folder?: undefined; readonly problem: string } {
  let entry: string;
  try {
    entry = from.resolve(nativePackage);
  } catch {
    return { problem: 'not installed' };
  }
  // tfjs keeps its engine in a global, so two copies would seem to work while tensors of one fail the other's checks.
  if (createRequire(entry).resolve('@tensorflow/tfjs') !== requireHere.resolve('@tensorflow/tfjs'))
    return { problem: 'it belongs to another copy of TensorFlow.js than this adapterlab' };
  try {
    const folder = addonFolder(path.resolve(entry, '..', '..'));
    shield(folder);
    silently(folder, () => withoutWarnings(() => requireHere(entry)));
    return { folder };
  } catch (error) {
    return { problem: `it does not load (${(error as Error).message.split('\n')[0].trim()})` };
  }
}

async function loadWasm(): Promise<LoadedEngine & { how: string }> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  const folder = path.dirname(requireHere.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
  if (!tf.findBackend('wasm')) setWasmPaths(path.join(folder, 'wasm-out') + path.sep);
  if (!(await tf.setBackend('wasm'))) throw new Error('WebAssembly did not start');
  return { how: 'WebAssembly', threads: 1, gpu: false, kernels: null };
}

async function loadCpu(): Promise<LoadedEngine & { how: string }> {
  await tf.setBackend('cpu');
  return { how: 'plain JavaScript, slow', threads: 1, gpu: false, kernels: null };
}

/** Keeps signals away from the threads that compute (native/shield.cc says why), where the engine was built here. */
function shield(folder: string): void {
  const addon = path.join(folder, 'shield.node');
  if (existsSync(addon)) (requireHere(addon) as { shield: () => void }).shield();
}

/** Keeps TensorFlow's log off the terminal, unless TF_CPP_MIN_LOG_LEVEL asks for it. Worker processes inherit the 3. */
function silently(folder: string, load: () => void): void {
  process.env.TF_CPP_MIN_LOG_LEVEL ||= '3';
  if (process.env.TF_CPP_MIN_LOG_LEVEL !== '3') return load();
  const silencer = path.join(folder, 'quiet.node');
  if (!existsSync(silencer)) return load();
  (requireHere(silencer) as { quietly: (work: () => void) => void }).quietly(load);
}

/** tfjs warns when kernels are registered twice: where the first place's addon did not load, the second registers them again. */
function withoutWarnings(load: () => void): void {
  const before = tf.env().getBool('PROD');
  tf.env().set('PROD', true);
  try {
    load();
  } finally {
    tf.env().set('PROD', before);
  }
}

/** The plain JavaScript backend advertises the native package at its first tensor, also where another engine was chosen. */
export function silenceBanner(): void {
  (tf.findBackend('cpu') as unknown as { firstUse: boolean }).firstUse = false;
}
