import tf from '@tensorflow/tfjs';
import { RequestError } from '../errors.ts';
import { askedEngine, choiceReason, enginesToTry, type Failure, noEngine } from './engineChoice.ts';
import { describeEngine, type EngineDescription, type EngineName } from './engineDescription.ts';
import { engineLoaders, type LoadOptions, silenceBanner } from './engineLoaders.ts';

export type { EngineDescription, EngineName } from './engineDescription.ts';
export { bytesOf, keep, release, scalar, scoped } from './lifetimes.ts';

export interface EngineOptions extends LoadOptions {
  /** `tensorflow`, `wasm` or `cpu`; by default what ADAPTERLAB_ENGINE says, else the best available. */
  engine?: string;
}

const started = new Map<EngineName, EngineDescription>();
let active: EngineDescription | undefined;

/**
 * Starts the engine that the option names, else ADAPTERLAB_ENGINE, else the best available: native as built in `.native`, native
 * as the npm package brings it, wasm, cpu. Without a name, an engine that runs already is kept; another name switches to it.
 * Throws a RequestError for an unknown name, for one that cannot be used here, for kernels that cannot be used here
 * (ADAPTERLAB_KERNELS), and for a number of threads that is none.
 */
export async function startEngine(options: EngineOptions = {}): Promise<EngineDescription> {
  const { engine, root, threads } = options;
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1))
    throw new RequestError(`The engine cannot use ${threads} threads. Ask for a whole number from 1.`);
  if (active && engine === undefined) return active;
  const asked = askedEngine(engine);
  silenceBanner();
  const failures: Failure[] = [];
  for (const name of enginesToTry(asked)) {
    try {
      const loaded = await engineLoaders[name]({ root, threads });
      active = started.get(name) ?? describeEngine(name, choiceReason(asked, loaded.how, failures), loaded);
      started.set(name, active);
      return active;
    } catch (error) {
      if (error instanceof RequestError) throw error;
      failures.push({ engine: name, why: (error as Error).message });
    }
  }
  throw noEngine(failures);
}

/** The engine in use. Throws when none was started. */
export function activeEngine(): EngineDescription {
  if (active) return active;
  throw new Error('No engine is running. Await startEngine() before the first tensor.');
}

/** Whether the native engine computes (for src/tensor only: elsewhere, ask the description for a trait). */
export const isNative = (): boolean => tf.getBackend() === 'tensorflow';

/** Whether wasm computes (for src/tensor only). */
export const isWasm = (): boolean => tf.getBackend() === 'wasm';
