/**
 * Our own kernels for the native engine (src/tensor/native/kernels, one formula a file): what takes TensorFlow a dozen operations over
 * whole tensors is one pass there. They are built with the engine and run on the CPU only; where they are missing, the blocks' portable
 * formulas compute the same.
 */
import { isNative } from './engine.ts';
import { kernelsLoaded } from './native/kernelAddon.ts';
import { type Operation, operation, type OperationAttributes } from './nativeBackend.ts';

let used = true;

/** Whether `kernel` can be called. */
export const hasKernels = (): boolean => used && isNative() && kernelsLoaded();

/** Turns them off and on again, to compare the two writings of a formula. */
export function useKernels(use: boolean): void {
  used = use;
}

/** A call of one kernel, with what is fixed about it. */
export type Kernel = Operation;

/** By name; numbers are float32: `{ integers: { heads: 8 }, numbers: { scale: 2 } }`. */
export type KernelAttributes = Pick<OperationAttributes, 'integers' | 'numbers'>;

/** The kernel `Adapterlab<name>`. Make it once and call it often: TensorFlow keeps one for each set of attributes. */
export const kernel = (name: string, outputs: number, attributes: KernelAttributes = {}): Kernel =>
  operation(`Adapterlab${name}`, outputs, attributes);
