/** How often the native engine is called: each call is an operation that TensorFlow does. Null where another engine computes. */
import { isNative } from './engine.ts';
import { nativeBackend, type NativeBinding } from './nativeBackend.ts';

/** Counts from here on, for good. Call it before anything takes the binding for itself. */
export function countEngineCalls(): (() => number) | null {
  if (!isNative()) return null;
  const backend = nativeBackend();
  const { binding } = backend;
  let calls = 0;
  const executeOp = (...words: unknown[]): unknown => {
    calls++;
    return binding.executeOp(...words);
  };
  // What the addon exports cannot be written to.
  backend.binding = Object.create(binding, { executeOp: { value: executeOp } }) as NativeBinding;
  return () => calls;
}
