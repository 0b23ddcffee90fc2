import { describe, expect, test } from 'vitest';
import { judged, largestDifference, largestRelativeDifference } from '../../src/parity/caseResult.ts';

describe('a verdict', () => {
  const at = (value: number) => ({ value, tolerance: 1e-3 });

  test('is passed when everything is within its tolerance, the bound included', () => {
    expect(judged({ losses: at(1e-3), gradients: at(0) })).toBe('passed');
  });

  test.each([1.001e-3, Infinity, NaN])('is failed when one value is %s', (value) => {
    expect(judged({ losses: at(0), gradients: at(value) })).toBe('failed');
  });

  test('is failed when nothing was compared', () => {
    expect(judged({})).toBe('failed');
  });
});

describe('the largest difference', () => {
  test('is absolute and of either sign', () => {
    expect(largestDifference([1, -2, 3], [1.5, -2, 1])).toBe(2);
    expect(largestDifference(Float32Array.of(1), [4])).toBe(3);
    expect(largestDifference([], [])).toBe(0);
  });

  test.each([
    ['a NaN that was got', [1, NaN], [1, 2]],
    ['a NaN that was wanted', [1, 2], [1, NaN]],
    ['a NaN on both sides', [NaN], [NaN]],
    ['an infinity on both sides', [Infinity], [Infinity]],
    ['too few numbers', [1], [1, 2]],
    ['too many numbers', [1, 2], [1]],
  ])('is infinite for %s', (_what, got, wanted) => {
    expect(largestDifference(got, wanted)).toBe(Infinity);
  });
});

describe('the largest relative difference', () => {
  test('is of the wanted value', () => {
    expect(largestRelativeDifference([3, 1], [2, 1])).toBe(0.5);
    expect(largestRelativeDifference([0], [0])).toBe(0);
  });

  test.each([
    ['a zero that was missed', [1e-9], [0]],
    ['a NaN', [NaN], [1]],
    ['another length', [1, 1], [1]],
  ])('is infinite for %s', (_what, got, wanted) => {
    expect(largestRelativeDifference(got, wanted)).toBe(Infinity);
  });
});
