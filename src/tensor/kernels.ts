/**
 * Our own kernels for the native engine (src/tensor/native/kernels, one formula a file): what takes TensorFlow a dozen operations over
 * whole tensors is one pass there. They are built with the engine and run on the CPU only; where they are missing, the blocks' portable
 * formulas compute the same.
 */
import tf, { type Tensor } from '@tensorflow/tfjs';
import { isNative } from './engine.ts';
import { kernelsLoaded } from './native/kernelAddon.ts';

interface NativeBackend {
  binding: { readonly [type: string]: number };
  executeMultipleOutputs(name: string, attributes: unknown[], inputs: Tensor[], outputs: number): Tensor[];
}

let used = true;

/** Whether `kernel` can be called. */
export const hasKernels = (): boolean => used && isNative() && kernelsLoaded();

/** Turns them off and on again, to compare the two writings of a formula. */
export function useKernels(use: boolean): void {
  used = use;
}

/** A call of one kernel, with what is fixed about it. */
export type Kernel = (...inputs: Tensor[]) => Tensor[];

/** Integer and float attributes by name; a name with a point in its type letter: `{ integers: { heads: 8 }, numbers: { scale: 2 } }`. */
export interface KernelAttributes {
  readonly integers?: { readonly [name: string]: number };
  readonly numbers?: { readonly [name: string]: number };
}

/** The kernel `Adapterlab<name>`. Make it once and call it often: TensorFlow keeps one for each set of attributes. */
export function kernel(name: string, outputs: number, { integers = {}, numbers = {} }: KernelAttributes = {}): Kernel {
  let attributes: unknown[] | null = null;
  return (...inputs) => {
    const backend = tf.backend() as unknown as NativeBackend;
    attributes ??= [...typed(integers, backend.binding.TF_ATTR_INT), ...typed(numbers, backend.binding.TF_ATTR_FLOAT)];
    return backend.executeMultipleOutputs(`Adapterlab${name}`, attributes, inputs, outputs);
  };
}

const typed = (values: { readonly [name: string]: number }, type: number | undefined): unknown[] =>
  Object.entries(values).map(([name, value]) => ({ name, type, value }));
