/** Tests of pairs and of samples, their power and their families. */
import { describe, expect, it } from 'vitest';
import { pearson, spearman } from '../../src/statistics/correlation.ts';
import { holm } from '../../src/statistics/holm.ts';
import { pairedTest } from '../../src/statistics/pairedTest.ts';
import { pairedPower, smallestEffect } from '../../src/statistics/power.ts';
import { ranks } from '../../src/statistics/ranks.ts';
import { welchTest } from '../../src/statistics/welchTest.ts';
import { wilcoxonSignedRank } from '../../src/statistics/wilcoxonSignedRank.ts';
import { stream } from '../../src/tensor/random.ts';
import { close } from './close.ts';

describe('the paired test', () => {
  it('has the closed form of two pairs', () => {
    const { mean, t, p, dz, pairs } = pairedTest([1, 1], [2, 4]);
    expect([mean, pairs]).toEqual([2, 2]);
    close(dz!, 2 / Math.SQRT2);
    close(t!, 2);
    close(p!, 1 - (2 / Math.PI) * Math.atan(2));
  });

  it('leaves out what pairs have in common, and turns with them', () => {
    const [a, b] = [
      [1, 50, 900, -3],
      [1.5, 50.4, 900.7, -2.5],
    ];
    const there = pairedTest(a, b);
    const back = pairedTest(b, a);
    expect(there.p).toBeLessThan(0.01);
    close(back.mean, -there.mean);
    close(back.p!, there.p!);
    close(back.interval!.low, -there.interval!.high);
  });

  it('knows a mean and no more from one pair, and nothing from none', () => {
    expect(pairedTest([1], [3])).toEqual({ pairs: 1, mean: 2, interval: null, t: null, p: null, dz: null });
    expect(() => pairedTest([1, 2], [1])).toThrow('2 and 1 values');
    expect(() => pairedTest([], [])).toThrow('0 and 0 values');
  });

  it('is sure of differences that are all the same, and shows none where all are zero', () => {
    expect(pairedTest([1, 2, 3], [1, 2, 3])).toMatchObject({
      mean: 0,
      t: 0,
      p: 1,
      dz: 0,
      interval: { low: 0, high: 0 },
    });
    expect(pairedTest([1, 2, 3], [0, 1, 2])).toMatchObject({ mean: -1, t: -Infinity, p: 0, dz: -Infinity });
  });
});

describe("Wilcoxon's test", () => {
  const against = (...differences: number[]): number =>
    wilcoxonSignedRank(
      differences.map(() => 0),
      differences,
    );

  it('counts the signs that are as extreme', () => {
    expect(against(1, 2, 3, 4, 5)).toBe(2 / 2 ** 5);
    expect(against(-1, 2, 3, 4, 5)).toBe(4 / 2 ** 5);
    expect(against(1, -2, 3, 4, -5)).toBe(1);
    expect(against(-1, -2, -3, -4, 5)).toBe(2 * (10 / 32));
  });

  it('takes ties by the mean of their ranks, and leaves zeros out', () => {
    // Ranks 1.5, 1.5, 3: of eight sums, 6 and 4.5 (twice) are at least 4.5.
    expect(against(-1, 1, 2, 0)).toBe(2 * (3 / 8));
    expect(against(0, 0)).toBe(1);
  });

  it('is that of the normal distribution in large samples', () => {
    const differences = Array.from({ length: 200 }, (_, index) => (index % 5 < 2 ? -1 : 1) * (index + 1));
    const positive = differences.reduce((sum, d) => sum + Math.max(0, d), 0);
    const z = (positive - 10050 - 0.5) / Math.sqrt((200 * 201 * 401) / 24);
    expect(z).toBeGreaterThan(2);
    expect(Math.abs(Math.log(against(...differences) / (2 * 0.5 * erfc(z / Math.SQRT2))))).toBeLessThan(0.05);
  });
});

/** Abramowitz and Stegun 7.1.26, good to 1.5e-7. */
function erfc(x: number): number {
  const t = 1 / (1 + 0.3275911 * x);
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return poly * Math.exp(-x * x);
}

it("Welch's test lets each sample spread as it does", () => {
  const { t, degreesOfFreedom, p, meanDifference } = welchTest([1.1, 2.3, 1.9, 3], [2, 2.1, 3.5, 4.4, 2.9])!;
  close(meanDifference, 0.905);
  close(t, 1.5110816639069182);
  close(degreesOfFreedom, 6.997174989664592);
  close(p, 0.17453717965635665);
  expect(welchTest([1], [1, 2])).toBeNull();
  expect(welchTest([1, 1], [2, 2])).toBeNull();
});

describe('power', () => {
  it('is the level without an effect, grows with the effect and with the pairs, and takes no sign', () => {
    close(pairedPower(0, 5), 0.05);
    close(pairedPower(0, 9, 0.01), 0.01);
    expect(pairedPower(1, 5)).toBeLessThan(pairedPower(1.2, 5));
    expect(pairedPower(1, 5)).toBeLessThan(pairedPower(1, 6));
    close(pairedPower(-1, 5), pairedPower(1, 5));
    close(pairedPower(50, 8), 1);
  });

  it('says what a design can see', () => {
    close(smallestEffect(5)!, 1.681997, 1e-6);
    close(pairedPower(smallestEffect(8)!, 8), 0.8);
    close(pairedPower(smallestEffect(12, 0.9, 0.01)!, 12, 0.01), 0.9);
    expect(smallestEffect(1)).toBeNull();
    expect(() => pairedPower(1, 1)).toThrow('two pairs');
  });

  it('is how often the test finds the effect', () => {
    const normal = stream(3, 'power').normal;
    const found = Array.from({ length: 4000 }, () => {
      const b = Array.from({ length: 6 }, () => 1.2 + normal());
      return pairedTest([0, 0, 0, 0, 0, 0], b).p! <= 0.05;
    }).filter(Boolean).length;
    expect(Math.abs(found / 4000 - pairedPower(1.2, 6))).toBeLessThan(3 * Math.sqrt(0.25 / 4000));
  });
});

describe("Holm's correction", () => {
  it('multiplies by what is left, never falls, and keeps the order of the tests', () => {
    const adjusted = holm([0.04, 0.01, 0.03, 0.005]);
    adjusted.forEach(({ p }, index) => close(p, [0.06, 0.03, 0.06, 0.02][index]));
    expect(adjusted.map(({ rejected }) => rejected)).toEqual([false, true, false, true]);
    expect(holm([0.7, 0.6])).toEqual([
      { p: 1, rejected: false },
      { p: 1, rejected: false },
    ]);
    expect(holm([0.05])).toEqual([{ p: 0.05, rejected: true }]);
    expect(holm([])).toEqual([]);
  });

  it('refuses what is no p value', () => {
    expect(() => holm([0.1, NaN])).toThrow('unlike NaN');
  });
});

describe('correlation', () => {
  it('is one on a line, zero across, and of ranks on any rising curve', () => {
    close(pearson([1, 2, 3], [5, 7, 9])!, 1);
    close(pearson([1, 2, 3], [9, 7, 5])!, -1);
    close(pearson([-1, 0, 1], [1, 0, 1])!, 0);
    close(spearman([1, 2, 3, 4], [1, 10, 100, 1e6])!, 1);
    expect(pearson([1, 2, 3, 4], [1, 10, 100, 1e6])).toBeLessThan(0.9);
    close(pearson([1, 2, 3], [1, 3, 2])!, 0.5);
  });

  it('is none with what does not vary', () => {
    expect(pearson([1, 1], [1, 2])).toBeNull();
    expect(spearman([1, 2], [3, 3])).toBeNull();
    expect(pearson([], [])).toBeNull();
    expect(() => pearson([1], [1, 2])).toThrow('1 and 2 values');
  });

  it('shares ranks among equals', () => {
    expect(ranks([3, 1, 3, 2, 3])).toEqual([4, 1, 4, 2, 4]);
    expect(ranks([])).toEqual([]);
  });
});
