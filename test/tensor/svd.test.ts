import { describe, expect, test } from 'vitest';
import { stream } from '../../src/tensor/random.ts';
import { thinSvd } from '../../src/tensor/svd.ts';

const normal = (rows: number, columns: number, name = 'x'): Float32Array =>
  stream(1, name).fillNormal(new Float32Array(rows * columns), 1);

/** [n, k]ᵀ [n, k] */
function gram(m: Float64Array, n: number, k: number): number[] {
  return Array.from({ length: k * k }, (_, at) => {
    let sum = 0;
    for (let row = 0; row < n; row++) sum += m[row * k + Math.floor(at / k)] * m[row * k + (at % k)];
    return sum;
  });
}

function expectDecomposed(values: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const { u, s, v } = thinSvd(values, rows, columns);
  const k = Math.min(rows, columns);
  expect([u.length, s.length, v.length]).toEqual([rows * k, k, columns * k]);
  for (const [m, n] of [
    [u, rows],
    [v, columns],
  ] as const)
    gram(m, n, k).forEach((value, at) => expect(Math.abs(value - (at % (k + 1) === 0 ? 1 : 0))).toBeLessThan(1e-12));
  expect([...s]).toEqual([...s].toSorted((a, b) => b - a));
  expect(s[k - 1]).toBeGreaterThanOrEqual(0);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let i = 0; i < k; i++) sum += u[row * k + i] * s[i] * v[column * k + i];
      expect(Math.abs(sum - values[row * columns + column])).toBeLessThan(1e-11);
    }
  return s;
}

describe('U diag(s) Vᵀ is the matrix, U and V have orthonormal columns, s falls', () => {
  test.each([
    [7, 7],
    [9, 7],
    [40, 6],
    [6, 40],
    [5, 6],
    [1, 5],
    [5, 1],
    [1, 1],
  ])('%i x %i', (rows, columns) => {
    expectDecomposed(normal(rows, columns), rows, columns);
  });

  test.each([
    [12, 9],
    [30, 9],
    [9, 30],
  ])('of rank 2 in %i x %i', (rows, columns) => {
    const [a, b] = [normal(rows, 2, 'a'), normal(2, columns, 'b')];
    const values = Array.from({ length: rows * columns }, (_, at) => {
      const [row, column] = [Math.floor(at / columns), at % columns];
      return a[2 * row] * b[column] + a[2 * row + 1] * b[columns + column];
    });
    const s = expectDecomposed(values, rows, columns);
    expect(s[1]).toBeGreaterThan(1);
    expect(s[2]).toBeLessThan(1e-12);
  });

  test('of nothing but zeros', () => {
    expect([...expectDecomposed(new Float32Array(12), 4, 3)]).toEqual([0, 0, 0]);
    expectDecomposed(new Float32Array(24), 8, 3);
  });
});

test('the singular values of [[3, 0], [4, 5]] are √45 and √5', () => {
  const { s } = thinSvd([3, 0, 4, 5], 2, 2);
  expect(s[0]).toBeCloseTo(Math.sqrt(45), 13);
  expect(s[1]).toBeCloseTo(Math.sqrt(5), 13);
});

test('what is no matrix of finite numbers is refused', () => {
  expect(() => thinSvd([1, 2, 3], 2, 2)).toThrow(/2 rows and 2 columns does not have 3 numbers/);
  expect(() => thinSvd([], 0, 3)).toThrow(/does not have 0 numbers/);
  expect(() => thinSvd([1, 2, NaN, 4], 2, 2)).toThrow(/row 1, column 0 is NaN/);
});
