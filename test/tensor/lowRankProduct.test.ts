import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEngine } from '../../src/tensor/engine.ts';
import { useKernels } from '../../src/tensor/kernels.ts';
import { lowRankProduct } from '../../src/tensor/lowRankProduct.ts';
import { rowsInput } from '../../src/tensor/siteInput.ts';
import { drawn } from './kernels/given.ts';

beforeAll(async () => void (await startEngine()));
afterAll(() => useKernels(true));

const matrix = (rows: number, columns: number): Tensor2D => tf.tensor2d(drawn(rows, columns).values, [rows, columns]);
const numbers = (x: Tensor | null): number[] | null => x && [...x.dataSync()];

describe.each([true, false])('where kernels are used if there are any: %s', (use) => {
  test('gradients that nobody wants are not made, and the others are as they were', () => {
    useKernels(use);
    tf.tidy(() => {
      const [x, down, up, dy] = [matrix(6, 20), matrix(20, 3), matrix(3, 12), matrix(6, 12)];
      const { forward, backward } = lowRankProduct(2);
      const { u } = forward(rowsInput(x), down, up);
      const all = backward(dy, rowsInput(x), u, down, up, { down: true, input: true });
      for (const wanted of [true, false].flatMap((input) => [true, false].map((d) => ({ down: d, input })))) {
        const some = backward(dy, rowsInput(x), u, down, up, wanted);
        expect(numbers(some.dUp)).toEqual(numbers(all.dUp));
        expect(numbers(some.dDown)).toEqual(wanted.down ? numbers(all.dDown) : null);
        expect(numbers(some.dx)).toEqual(wanted.input ? numbers(all.dx) : null);
      }
    });
  });
});
