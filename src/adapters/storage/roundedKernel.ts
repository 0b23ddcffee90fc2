/**
 * A kernel that is held in codes. It is unpacked to float32 for each product that needs it, once for all lanes, in forward and again in
 * backward, and its tensor is freed after the product. Formats with loops of their own (codec/simd) unpack into one memory that all
 * kernels share, so that no more than the largest kernel is ever full.
 *
 * The host unpacks, also for TensorFlow: a look-up by its GatherV2 and a product with the scales take 1.3 ns a number (two threads),
 * the loops 0.2 to 0.3, scales in 8 bits included, which is why those stay in 8 bits.
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { activeEngine, scoped } from '../../tensor/engine.ts';
import type { Frozen } from '../../tensor/frozen.ts';
import { product } from '../../tensor/product.ts';
import { transposed } from '../../tensor/transposed.ts';
import type { KernelOrder } from '../types.ts';

export interface Rounded {
  /** [out, in], as the codes run. */
  readonly shape: readonly [outputs: number, inputs: number];
  /** Codes and scales. */
  readonly bytes: number;
  /** The numbers that the codes stand for, row-major [out, in]; the next call, of any kernel, may overwrite them. */
  outIn(): Float32Array;
}

export function roundedKernel({ shape, bytes, outIn: numbers }: Rounded): Frozen {
  const [outputs, inputs] = shape;
  const flags = activeEngine().transposeFlagsAreFree; // then one orientation serves both products
  /** Only for a product at once: the engine may look at the memory that is overwritten next. */
  const outIn = (): Tensor2D => tf.tensor2d(numbers(), [outputs, inputs]);
  const inOut = (): Tensor2D => tf.tensor2d(transposed(numbers(), outputs, inputs), [inputs, outputs]);
  const lent = (): Tensor2D => (flags ? tf.transpose(tf.tensor2d(numbers().slice(), [outputs, inputs])) : inOut());
  return {
    shape: [inputs, outputs],
    bytes,
    times: scoped((x: Tensor2D) => (flags ? product(x, outIn(), false, true) : product(x, inOut()))),
    back: scoped((dy: Tensor2D) => product(dy, outIn())),
    use: (f) => scoped(() => f(lent()))(),
    dispose: () => {},
  };
}

/** A kernel as the checkpoint stores it, with the outputs first. */
export function outputsFirst(
  values: Float32Array,
  [rows, columns]: readonly [number, number],
  order: KernelOrder,
): { readonly values: Float32Array; readonly shape: readonly [outputs: number, inputs: number] } {
  if (order === 'outIn') return { values, shape: [rows, columns] };
  return { values: transposed(values, rows, columns), shape: [columns, rows] };
}
