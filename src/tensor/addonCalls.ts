/** How often TensorFlow.js calls the native addon: each call is one operation of TensorFlow. */
import { isNative } from './engine.ts';
import { nativeBackend, type NativeBinding } from './nativeBackend.ts';

/** Counts from here on, for good, and says how many there were; null where another engine computes. */
export function countAddonCalls(): (() => number) | null {
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
