import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { mean } from '../../../src/results/statistics/mean.ts';
import { pairedDifference } from '../../../src/results/statistics/pairedDifference.ts';
import { standardDeviation } from '../../../src/results/statistics/standardDeviation.ts';
import { studentTQuantile, studentTWithin } from '../../../src/results/statistics/studentT.ts';
import { tInterval } from '../../../src/results/statistics/tInterval.ts';

interface Reference {
  oneSample: { sample: number[]; mean: number; standardDeviation: number; tInterval95: [number, number] }[];
  paired: { a: number[]; b: number[]; meanDifference: number; interval95: [number, number] }[];
  tQuantiles: { p: number; df: number; value: number }[];
}

const file = path.join(process.env.ADAPTERLAB_SHARED ?? '../shared', 'fixtures/statistics/expected.json');

const close = (found: number, expected: number): void =>
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));

describe.skipIf(!existsSync(file))('against scipy and statsmodels', () => {
  const reference = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Reference) : null;

  it('mean, standard deviation and t interval of one sample', () => {
    for (const one of reference!.oneSample) {
      close(mean(one.sample), one.mean);
      close(standardDeviation(one.sample), one.standardDeviation);
      const { low, high } = tInterval(one.sample)!;
      close(low, one.tInterval95[0]);
      close(high, one.tInterval95[1]);
    }
  });

  it('paired difference', () => {
    for (const { a, b, meanDifference, interval95 } of reference!.paired) {
      const difference = pairedDifference(a, b);
      close(difference.mean, meanDifference);
      close(difference.interval!.low, interval95[0]);
      close(difference.interval!.high, interval95[1]);
      expect(difference.pairs).toBe(a.length);
    }
  });

  it('t quantiles', () => {
    for (const { p, df, value } of reference!.tQuantiles) {
      close(studentTQuantile(p, df), value);
      close(studentTQuantile(1 - p, df), -value);
    }
  });
});

it('the t distribution has the closed forms of one and two degrees of freedom', () => {
  close(studentTQuantile(0.975, 1), Math.tan(Math.PI * 0.475));
  close(studentTQuantile(0.975, 2), 0.95 / Math.sqrt(2 * 0.975 * 0.025));
  close(studentTWithin(2.7764451051977987, 4), 0.95);
  close(studentTQuantile(0.5, 7), 0);
});

it('refuses what is no probability and no degree of freedom', () => {
  for (const p of [0, 1, NaN, -1]) expect(() => studentTQuantile(p, 3)).toThrow('probability');
  for (const df of [0, 1.5, NaN]) expect(() => studentTQuantile(0.9, df)).toThrow('degrees of freedom');
});

it('one value has no interval, and a constant sample one without width', () => {
  expect(tInterval([1])).toBeNull();
  expect(pairedDifference([1], [3])).toEqual({ mean: 2, interval: null, pairs: 1 });
  expect(tInterval([2, 2, 2])).toEqual({ low: 2, high: 2 });
});

it('pairs need lists of the same length', () => {
  expect(() => pairedDifference([1, 2], [1])).toThrow('2 and 1 values');
});
