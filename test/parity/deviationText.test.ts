import { expect, test } from 'vitest';
import { share, short, toleranceText, worstOf } from '../../src/parity/deviationText.ts';

test.each([
  [0, '0'],
  [2e-5, '2e-5'],
  [3.1416e-6, '3.1e-6'],
  [12, '1.2e+1'],
  [Infinity, 'Infinity'],
])('%f is %s', (value, text) => expect(short(value)).toBe(text));

test('the worst is the largest share of a tolerance; nothing is allowed where that is zero', () => {
  expect(share({ value: 1e-6, tolerance: 4e-6 })).toBe(0.25);
  expect(share({ value: 0, tolerance: 0 })).toBe(0);
  expect(share({ value: 1, tolerance: 0 })).toBe(Infinity);
  expect(share({ value: NaN, tolerance: 1 })).toBe(Infinity);
  expect(worstOf({})).toBeNull();
  expect(
    worstOf({ a: { value: 1, tolerance: 3 }, b: { value: 1, tolerance: 2 }, c: { value: 0, tolerance: 0 } })![0],
  ).toBe('b');
});

test('a factor of the engine is told', () => {
  expect(toleranceText({ value: 0, tolerance: 2e-5 })).toBe('2e-5');
  expect(toleranceText({ value: 0, tolerance: 4e-5, factor: 2 })).toBe("4e-5 (2 times the case's)");
});
