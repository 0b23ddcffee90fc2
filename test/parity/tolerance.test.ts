import { expect, test } from 'vitest';
import { tenTimes } from '../../src/parity/tolerance.ts';

test.each([
  [4.8e-7, 5e-6],
  [5e-7, 5e-6],
  [5.01e-7, 1e-5],
  [1e-6, 1e-5],
  [1.68e-6, 2e-5],
  [8.08e-6, 1e-4],
  [1e-9, 2e-6],
  [0, 2e-6],
])('ten times %f is %f', (drift, tolerance) => {
  expect(tenTimes(drift, 2e-6)).toBe(tolerance);
});
