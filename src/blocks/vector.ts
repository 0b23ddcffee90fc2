/** A vector of the network as a block sees it: a gain or a bias, frozen or trained. */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import type { Parameter } from '../tensor/arena.ts';
import { keep, release } from '../tensor/engine.ts';
import { laneSumRows } from '../tensor/laneMatMul.ts';

export interface Vector {
  readonly size: number;
  readonly trains: boolean;
  /** [n], or [lanes, 1, n] where each lane has its own. */
  readonly value: Tensor;
  /** Takes the gradient by row [rows, n] and sums it over the rows of each lane. */
  accumulateRows(gradient: Tensor2D): void;
  dispose(): void;
}

export function frozenVector(values: Float32Array): Vector {
  const value = keep(tf.tensor1d(values));
  return {
    size: values.length,
    trains: false,
    value,
    accumulateRows: () => {},
    dispose: () => release(value),
  };
}

export function trainedVector(parameter: Pick<Parameter, 'size' | 'lanes' | 'value' | 'accumulate'>): Vector {
  return {
    size: parameter.size,
    trains: true,
    get value() {
      return parameter.value;
    },
    accumulateRows: (gradient) => parameter.accumulate(laneSumRows(gradient, parameter.lanes)),
    dispose: () => {},
  };
}
