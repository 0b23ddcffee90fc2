/** What a piece of work asks of the engine. */
import tf, { type Tensor } from '@tensorflow/tfjs';
import { activeEngine } from '../../src/tensor/engine.ts';

export interface EngineCalls {
  /** Kernels that TensorFlow.js ran, free ones, such as a reshape, included; and those called past it, our own among them. */
  readonly kernels: number;
  /** Operations that reached the native addon, those called by name included; on the other engines 0. */
  readonly native: number;
  /** Tapes that were started, by tf.grad and its kin. */
  readonly tapes: number;
  /** Shapes of everything that came out. */
  readonly shapes: readonly (readonly number[])[];
}

type Called = (...values: unknown[]) => unknown;

/** Runs `f` and counts. Throws where the engine no longer has what is counted here. */
export function engineCalls(f: () => void): EngineCalls {
  const counts = { kernels: 0, native: 0, tapes: 0 };
  const shapes: number[][] = [];
  const undo: (() => void)[] = [];
  let inKernel = false;
  const watch = (on: object, method: string, count: keyof typeof counts): void => {
    const owner = on as { [name: string]: Called };
    const original = owner[method];
    if (typeof original !== 'function') throw new Error(`the engine has no ${method}: count something else`);
    owner[method] = (...values) => {
      counts[count]++;
      if (count === 'native' && !inKernel) counts.kernels++;
      const outer = inKernel;
      inKernel ||= count === 'kernels';
      const out = original.apply(on, values);
      inKernel = outer;
      if (out !== undefined) shapes.push(...[out].flat().map((tensor) => (tensor as Tensor).shape));
      return out;
    };
    undo.push(() => delete owner[method]); // what the prototype has comes back
  };
  watch(tf.engine(), 'runKernel', 'kernels');
  watch(tf.engine(), 'startTape', 'tapes');
  if (activeEngine().engine === 'tensorflow') {
    watch(tf.backend(), 'executeSingleOutput', 'native');
    watch(tf.backend(), 'executeMultipleOutputs', 'native');
  }
  try {
    f();
  } finally {
    undo.forEach((back) => back());
  }
  return { ...counts, shapes };
}
