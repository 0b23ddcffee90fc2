/**
 * What a storage loses of a kernel, and what it takes:   e = W′ − W,   root mean square √(Σ e² / n),   relative ‖e‖ / ‖W‖.
 */
import type { Frozen } from '../../tensor/frozen.ts';
import type { KernelOrder, Storage } from '../types.ts';
import { outputsFirst } from './roundedKernel.ts';

export interface QuantizationError {
  /** In the unit of the weights. */
  readonly rootMeanSquare: number;
  /** ‖e‖ / ‖W‖, 0 for a kernel of zeros. */
  readonly relative: number;
  /** The block (a row where the storage has no blocks) with the largest root mean square. */
  readonly worstBlock: {
    /** Its first number, in the kernel [out, in]. */
    readonly output: number;
    readonly input: number;
    readonly numbers: number;
    readonly rootMeanSquare: number;
    readonly relative: number;
  };
  /** Measured from what is held, scales included. */
  readonly bitsPerParameter: number;
}

/** Packs a kernel as the checkpoint stores it, and compares what comes back. The engine must run. */
export function quantizationError(
  storage: Storage,
  stored: Float32Array,
  shape: readonly [number, number],
  order: KernelOrder,
): QuantizationError {
  const { values, shape: outIn } = outputsFirst(stored, shape, order);
  const [outputs, inputs] = outIn;
  const frozen = storage.pack(stored, shape, order);
  const held = numbersOf(frozen);
  frozen.dispose();
  const blockSize = typeof storage.spec.blockSize === 'number' ? storage.spec.blockSize : inputs;
  const whole = { error: 0, size: 0 };
  let worst = { start: 0, error: -1, size: 0, numbers: 0 };
  for (let start = 0; start < values.length; start += blockSize) {
    const end = Math.min(values.length, start + blockSize);
    let [error, size] = [0, 0];
    for (let i = start; i < end; i++) {
      error += (held[(i % inputs) * outputs + Math.floor(i / inputs)] - values[i]) ** 2;
      size += values[i] ** 2;
    }
    whole.error += error;
    whole.size += size;
    if (error / (end - start) > worst.error / worst.numbers || worst.error < 0)
      worst = { start, error, size, numbers: end - start };
  }
  return {
    rootMeanSquare: Math.sqrt(whole.error / values.length),
    relative: share(whole.error, whole.size),
    worstBlock: {
      output: Math.floor(worst.start / inputs),
      input: worst.start % inputs,
      numbers: worst.numbers,
      rootMeanSquare: Math.sqrt(worst.error / worst.numbers),
      relative: share(worst.error, worst.size),
    },
    bitsPerParameter: (8 * frozen.bytes) / values.length,
  };
}

const share = (error: number, size: number): number => (error === 0 ? 0 : Math.sqrt(error / size));

/** [in, out] */
function numbersOf(frozen: Frozen): Float32Array {
  let numbers: Float32Array = new Float32Array();
  frozen.use((kernel) => {
    numbers = kernel.dataSync().slice() as Float32Array;
    return 0;
  });
  return numbers;
}
