import { createRequire } from 'node:module';
import os from 'node:os';
import tf from '@tensorflow/tfjs';
import type { ProcessorLevel } from './native/processorLevel.ts';

/** `tensorflow` is the native engine (CPU or CUDA), `wasm` runs anywhere on one thread, `cpu` is plain JavaScript and slow. */
export type EngineName = 'tensorflow' | 'wasm' | 'cpu';

export const engineNames: readonly EngineName[] = ['tensorflow', 'wasm', 'cpu'];

/** What differs between the engines, so that no other folder asks for an engine by name. */
export interface EngineTraits {
  /** Most lanes (runs trained side by side in one step) that a group should have. */
  laneCap: number;
  /** Whether one operation may use several threads. */
  usesThreads: boolean;
  /** Whether `tf.matMul(a, b, transposeA, transposeB)` costs no more than without the flags. */
  transposeFlagsAreFree: boolean;
}

/** Which engine computes, why, and on what. Stored in every record; plain JSON, without paths. */
export interface EngineDescription extends EngineTraits {
  engine: EngineName;
  /** Why this one, in words. */
  reason: string;
  /** The processor's model name. */
  cpu: string;
  /** Threads that one operation may use. */
  threads: number;
  gpu: boolean;
  /** What our own kernels were compiled for; null where they do not run. Another level has other rounding. */
  kernels: ProcessorLevel | null;
  versions: { node: string; tfjs: string; tensorflow?: string; adapterlab: string };
}

const traits: Record<EngineName, EngineTraits> = {
  tensorflow: { laneCap: 16, usesThreads: true, transposeFlagsAreFree: true },
  wasm: { laneCap: 1, usesThreads: false, transposeFlagsAreFree: false },
  cpu: { laneCap: 1, usesThreads: false, transposeFlagsAreFree: true },
};

/** What the engine's own files tell once it is loaded. */
export interface LoadedEngine {
  threads: number;
  gpu: boolean;
  /** The level of our own kernels; only the native engine has them. */
  kernels: ProcessorLevel | null;
  /** TensorFlow's version; only the native engine has one. */
  tensorflow?: string;
}

/** Joins what is fixed for the engine, what was found when it was loaded, and the machine. */
export function describeEngine(engine: EngineName, reason: string, loaded: LoadedEngine): EngineDescription {
  const { version: adapterlab } = createRequire(import.meta.url)('../../package.json') as { version: string };
  const { threads, gpu, kernels, tensorflow } = loaded;
  return {
    engine,
    reason,
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    threads,
    gpu,
    kernels,
    ...traits[engine],
    versions: { node: process.versions.node, tfjs: tf.version.tfjs, ...(tensorflow && { tensorflow }), adapterlab },
  };
}
