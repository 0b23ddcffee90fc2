import { expect, test } from 'vitest';
import { classificationScores } from '../../src/metrics/classification.ts';

test('accuracy, F1 and correlation of two classes, by hand', () => {
  // TP 2, FP 1, FN 1, TN 2 of 'yes'.
  const truth = ['yes', 'yes', 'yes', 'no', 'no', 'no'];
  const prediction = ['yes', 'yes', 'no', 'yes', 'no', 'no'];
  const { accuracy, f1Macro, f1Micro, mcc } = classificationScores(truth, prediction);
  expect(accuracy).toBeCloseTo(4 / 6, 12);
  expect(f1Micro).toBeCloseTo(4 / 6, 12);
  expect(f1Macro).toBeCloseTo(2 / 3, 12);
  expect(mcc).toBeCloseTo((2 * 2 - 1) / Math.sqrt(3 * 3 * 3 * 3), 12);
});

test('a class that is only true, or only predicted, has an F1 of 0 in the macro mean', () => {
  expect(classificationScores([1, 1, 2], [1, 1, 3]).f1Macro).toBeCloseTo(1 / 3, 12);
});

test('one class on a side has no correlation; the other extremes are 1 and −1', () => {
  expect(classificationScores([1, 2, 1], [1, 1, 1]).mcc).toBe(0);
  expect(classificationScores([1, 2, 3], [1, 2, 3]).mcc).toBe(1);
  expect(classificationScores([1, 2], [2, 1]).mcc).toBe(-1);
});

test('lists of different length, or none, are an error', () => {
  expect(() => classificationScores([1], [1, 2])).toThrow('2 predictions for 1 labels');
  expect(() => classificationScores([], [])).toThrow('0 predictions for 0 labels');
});
