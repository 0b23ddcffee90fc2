/**
 * Numbers on their way to the engine. They are there when the call returns, so that the array can be filled anew: a base is read
 * tensor by tensor into the same memory.
 *
 * Native: `tf.tensor` would keep the array and upload it at the first use. What the addon makes of an array shares its memory where
 * that starts on a cache line (elsewhere TensorFlow copies it, on one thread); a kernel then takes the numbers out, on all threads. It must
 * not calculate: arithmetic flushes subnormal numbers to zero.
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { isNative, isWasm, release } from './engine.ts';
import { nativeBackend, operation } from './nativeBackend.ts';
import { transposed } from './transposed.ts';

type Shape = readonly [rows: number, columns: number];

/** A matrix, row-major. */
export function uploaded(values: Float32Array, shape: Shape): Tensor2D {
  if (values.length === 0) return tf.zeros([...shape]);
  if (isNative()) return taken(values, shape, copy);
  return tf.tensor2d(isWasm() ? values : values.slice(), [...shape]); // the plain engine would keep the array
}

/** A matrix, row-major [rows, columns], turned to [columns, rows]. */
export function uploadedTurned(values: Float32Array, [rows, columns]: Shape): Tensor2D {
  // Of one row or one column, the numbers stay in their order, and TensorFlow's transpose would share their memory.
  if (rows <= 1 || columns <= 1) return uploaded(values, [columns, rows]);
  if (isNative()) return taken(values, [rows, columns], (shared) => tf.transpose(shared));
  return tf.tensor2d(transposed(values, rows, columns), [columns, rows]);
}

/** What `f` makes of the array as the addon has it, in memory of its own. */
function taken<T extends Tensor>(values: Float32Array, shape: Shape, f: (shared: Tensor2D) => T): T {
  const backend = nativeBackend();
  const { binding } = backend;
  const id = binding.createTensor(shape, binding.TF_FLOAT, values);
  const shared = backend.createOutputTensor({ id, shape, dtype: binding.TF_FLOAT }) as Tensor2D;
  const own = f(shared);
  release(shared);
  return own;
}

const snapshot = operation('Snapshot', 1, { floats: ['T'] });

const copy = (shared: Tensor2D): Tensor2D => snapshot(shared)[0] as Tensor2D;

/** Memory that is large comes from the system in pages and starts 16 bytes into one; the next cache line starts 48 bytes on. */
const FIRST_BYTE = 48;

/** Memory for one matrix after the other: every call lends the same, whatever stands in it. */
export interface ReusedMemory {
  room(numbers: number): Float32Array<ArrayBuffer>;
  /** Whether the engine finds, faster than a loop would, that all are finite; false says nothing. */
  areFinite(values: Float32Array): boolean;
}

export function reusedMemory(): ReusedMemory {
  let memory = new ArrayBuffer(0);
  return {
    room(numbers) {
      const bytes = FIRST_BYTE + 4 * numbers;
      if (memory.byteLength < bytes) memory = new ArrayBuffer(bytes);
      return new Float32Array(memory, FIRST_BYTE, numbers);
    },
    // Whatever is added to what is not finite, the sum is not either.
    areFinite(values) {
      if (!isNative()) return false;
      const sum = taken(values, [1, values.length], (shared) => tf.sum(shared, 1));
      const [found] = sum.dataSync();
      release(sum);
      return Number.isFinite(found);
    },
  };
}
