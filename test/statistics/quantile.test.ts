import { quantileSeq } from 'mathjs';
import { expect, it } from 'vitest';
import { median, quantile } from '../../src/statistics/quantile.ts';

it.each([[[3]], [[2, 1]], [[5, 1, 4, 2]], [[0.1, 7, 3.5, 2, 2, 9, 1e3]]])('agrees with mathjs on %j', (values) => {
  for (const p of [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1])
    expect(quantile(values, p)).toBeCloseTo(Number(quantileSeq([...values], p)), 12);
  expect(median(values)).toBe(quantile(values, 0.5));
});
