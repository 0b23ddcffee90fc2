/** Numbers for kernels, and one call of a kernel with them. */
import tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { kernel, type KernelAttributes } from '../../../src/tensor/kernels.ts';
import type { Numbers } from './plain.ts';

export interface Given {
  readonly values: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

/** Numbers between −1 and 1 that are the same every time. */
export function drawn(...shape: number[]): Given {
  const size = shape.reduce((a, b) => a * b, 1);
  let state = 12345 + 7919 * shape.length + size;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  return { values: Float32Array.from({ length: size }, next), shape };
}

/** Others of the same shape. */
export const other = ({ values, shape }: Given, shift = 0.37): Given => ({
  values: Float32Array.from(values, (value) => Math.sin(9 * (value + shift))),
  shape,
});

export const integers = (values: number[]): Given => ({ values: Int32Array.from(values), shape: [values.length] });

/** With some numbers replaced. */
export function poisoned({ values, shape }: Given, from: number, to: number, by: number): Given {
  return { values: Float32Array.from(values, (value, i) => (i >= from && i < to ? by : value)), shape };
}

export interface Call extends KernelAttributes {
  readonly name: string;
  readonly outputs: number;
  readonly inputs: readonly Given[];
}

/** The kernel's outputs. */
export function called({ name, outputs, inputs, integers, numbers }: Call): Float32Array[] {
  return tf.tidy(() => {
    const tensors = inputs.map(({ values, shape }) =>
      tf.tensor(values, [...shape], values instanceof Int32Array ? 'int32' : 'float32'),
    );
    return kernel(name, outputs, { integers, numbers })(...tensors).map((tensor) => tensor.dataSync() as Float32Array);
  });
}

/** Equal but for a part of the largest number, or of 0.1 where all are smaller. */
export function expectNear(actual: Numbers, expected: Numbers, part = 3e-6): void {
  expect(actual.length).toBe(expected.length);
  const largest = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0.1);
  const off = Array.from(actual).map((value, i) => Math.abs(value - expected[i]!) / largest);
  const worst = off.findIndex((value) => !(value <= part));
  expect(worst, worst < 0 ? '' : `number ${worst}: ${actual[worst]} instead of ${expected[worst]}`).toBe(-1);
}
