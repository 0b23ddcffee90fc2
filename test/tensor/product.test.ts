import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { startEngine } from '../../src/tensor/engine.ts';
import { transposedTimes } from '../../src/tensor/product.ts';

beforeAll(() => startEngine());

describe('aᵀ · b', () => {
  test.each([
    ['a wide, rows of whole blocks', 128, 5, 3],
    ['b wide, rows of whole blocks', 128, 3, 5],
    ['one block', 64, 4, 4],
    ['other rows', 70, 5, 3],
  ])('%s', (_, rows, n, m) => {
    tf.tidy(() => {
      const value = (i: number): number => ((i * 7) % 11) - 5;
      const a = Array.from({ length: rows * n }, (_number, i) => value(i));
      const b = Array.from({ length: rows * m }, (_number, i) => value(i + 3));
      const expected = Array.from({ length: n * m }, (_number, at) => {
        let sum = 0;
        for (let row = 0; row < rows; row++) sum += a[row * n + Math.floor(at / m)]! * b[row * m + (at % m)]!;
        return sum;
      });
      const product = transposedTimes(tf.tensor2d(a, [rows, n]), tf.tensor2d(b, [rows, m]));
      expect(product.shape).toEqual([n, m]);
      expect(Array.from(product.dataSync())).toEqual(expected);
    });
  });
});
