/** How often the native engine is called: each call is an operation that TensorFlow does. Null where another engine computes. */
import tf from '@tensorflow/tfjs';
import { isNative } from './engine.ts';

type Binding = { executeOp(...words: unknown[]): unknown };

/** Counts from here on, for good. Call it before anything takes the binding for itself. */
export function countEngineCalls(): (() => number) | null {
  if (!isNative()) return null;
  const backend = tf.backend() as unknown as { binding: Binding };
  const binding = backend.binding;
  let calls = 0;
  const executeOp = (...words: unknown[]): unknown => {
    calls++;
    return binding.executeOp(...words);
  };
  // What the addon exports cannot be written to.
  backend.binding = Object.create(binding, { executeOp: { value: executeOp } }) as Binding;
  return () => calls;
}
