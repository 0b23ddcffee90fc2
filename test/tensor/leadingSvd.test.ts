import { describe, expect, test } from 'vitest';
import { type Cutoff, leadingSvd, leadingSvdOfProduct } from '../../src/tensor/leadingSvd.ts';
import { stream } from '../../src/tensor/random.ts';
import { thinSvd } from '../../src/tensor/svd.ts';

const normal = (rows: number, columns: number, name = 'x', sigma = 1): Float32Array =>
  stream(1, name).fillNormal(new Float32Array(rows * columns), sigma);

function product(a: ArrayLike<number>, b: ArrayLike<number>, n: number, k: number, m: number): Float64Array {
  const out = new Float64Array(n * m);
  for (let i = 0; i < n; i++)
    for (let r = 0; r < k; r++) for (let j = 0; j < m; j++) out[i * m + j] += a[i * k + r] * b[r * m + j];
  return out;
}

/** ‖X − U diag(s) Vᵀ‖ / ‖X‖ by its definition. */
function error(x: ArrayLike<number>, n: number, m: number, { u, s, v }: ReturnType<typeof leadingSvd>): number {
  const r = s.length;
  let [off, all] = [0, 0];
  for (let i = 0; i < n; i++)
    for (let j = 0; j < m; j++) {
      let sum = 0;
      for (let k = 0; k < r; k++) sum += u[i * r + k] * s[k] * v[j * r + k];
      off += (x[i * m + j] - sum) ** 2;
      all += x[i * m + j] ** 2;
    }
  return Math.sqrt(off / all);
}

/** Noise, flat in its spectrum, beside a few large directions. */
function spiked(n: number, m: number, noise: number): Float64Array {
  const x = product(normal(n, 5, 'a'), normal(5, m, 'b'), n, 5, m);
  normal(n, m, 'noise', noise).forEach((value, i) => (x[i] += value));
  return x;
}

describe('of a product of thin matrices', () => {
  test.each([
    [9, 3, 7],
    [5, 4, 30],
    [6, 8, 5],
  ])('[%i, %i] [%i, …] as of the product itself', (n, k, m) => {
    const [a, b] = [normal(n, k, 'a'), normal(k, m, 'b')];
    const x = product(a, b, n, k, m);
    const whole = thinSvd(x, n, m).s;
    for (const rank of [1, 2, 3]) {
      const found = leadingSvdOfProduct(a, b, [n, k, m], { rank });
      found.s.forEach((value, i) => expect(value).toBeCloseTo(whole[i], 12));
      expect(found.s).toHaveLength(rank);
      expect(found.relativeError).toBeCloseTo(error(x, n, m, found), 7);
    }
  });

  test('of zero is zero, and no larger rank is made than there is', () => {
    expect(leadingSvdOfProduct(new Float32Array(6), normal(2, 4), [3, 2, 4], { energy: 0.9 })).toMatchObject({
      relativeError: 0,
    });
    expect(leadingSvdOfProduct(normal(3, 2), normal(2, 4, 'b'), [3, 2, 4], { rank: 50 }).s).toHaveLength(2);
  });
});

describe('of a matrix', () => {
  const cases: [string, number, number, number, Cutoff][] = [
    ['small', 30, 40, 0.3, { rank: 5 }],
    ['large with a gap', 210, 300, 0.2, { rank: 5 }],
    ['large, all noise', 210, 230, 20, { rank: 6 }],
    ['large, by energy', 300, 210, 0.2, { energy: 0.9 }],
    ['large, by energy of many directions', 210, 200, 20, { energy: 0.3 }],
  ];
  test.each(cases)('%s: near the best, and the error is the true one', (_what, n, m, noise, cutoff) => {
    const x = spiked(n, m, noise);
    const found = leadingSvd(x, n, m, cutoff);
    const { s } = thinSvd(x, n, m);
    const total = s.reduce((sum, value) => sum + value * value, 0);
    const best = (rank: number): number =>
      Math.sqrt(s.slice(rank).reduce((sum, value) => sum + value * value, 0) / total);
    const rank = found.s.length;
    expect(found.relativeError).toBeCloseTo(error(x, n, m, found), 6);
    expect(found.relativeError).toBeGreaterThan(best(rank) - 1e-9);
    expect(found.relativeError).toBeLessThan(best(rank) * 1.002);
    if ('rank' in cutoff) expect(rank).toBe(cutoff.rank);
    else {
      expect(1 - found.relativeError ** 2).toBeGreaterThanOrEqual(cutoff.energy);
      expect(1 - best(rank - 1) ** 2).toBeLessThan(cutoff.energy);
    }
  });
});
