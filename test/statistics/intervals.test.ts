import { describe, expect, it } from 'vitest';
import { acceleration, bcaInterval } from '../../src/statistics/bcaInterval.ts';
import { mean } from '../../src/statistics/mean.ts';
import { standardDeviation } from '../../src/statistics/standardDeviation.ts';
import { tInterval } from '../../src/statistics/tInterval.ts';
import { stream } from '../../src/tensor/random.ts';
import { close } from './close.ts';

it('a t interval of two values is that of the Cauchy distribution', () => {
  const { low, high } = tInterval([1, 3])!;
  const half = Math.tan(Math.PI * 0.475);
  close(low, 2 - half);
  close(high, 2 + half);
});

it('one value has no interval, and a constant sample a t interval without width', () => {
  expect(tInterval([1])).toBeNull();
  expect(tInterval([2, 2, 2])).toEqual({ low: 2, high: 2 });
  expect(standardDeviation([1])).toBeNaN();
});

describe('the BCa bootstrap', () => {
  const skewed = [0.2, 0.3, 0.4, 0.4, 0.5, 0.7, 0.9, 4];

  it('has none for one value and for a constant sample', () => {
    for (const values of [[], [1], [0.25, 0.25, 0.25]]) {
      expect(bcaInterval(values)).toBeNull();
      expect(acceleration(values)).toBeNull();
    }
  });

  it('accelerates by the jackknife', () => {
    const without = skewed.map((_, left) => mean(skewed.filter((__, index) => index !== left)));
    const below = without.map((value) => mean(without) - value);
    const sum = (power: number): number => below.reduce((total, value) => total + value ** power, 0);
    close(acceleration(skewed)!, sum(3) / (6 * sum(2) ** 1.5), 1e-12);
    expect(acceleration(skewed)).toBeGreaterThan(0.1);
    expect(acceleration([1, 2, 3])).toBe(0);
  });

  it('is the same each time, and another from another stream', () => {
    expect(bcaInterval(skewed)).toEqual(bcaInterval(skewed));
    const other = bcaInterval(skewed, 0.95, stream(1, 'other'))!;
    expect(other).not.toEqual(bcaInterval(skewed));
    close(other.high, bcaInterval(skewed)!.high, 0.05);
  });

  it('leans to where the sample has its tail, moves and scales with it', () => {
    const { low, high } = bcaInterval(skewed)!;
    const center = mean(skewed);
    expect(high - center).toBeGreaterThan(2 * (center - low));
    const moved = bcaInterval(skewed.map((value) => 100 - 2 * value))!;
    close(moved.low, 100 - 2 * high, 0.02);
    close(moved.high, 100 - 2 * low, 0.02);
    expect(bcaInterval(skewed, 0.5)!.low).toBeGreaterThan(low);
  });

  it('is that of scipy', () => {
    expect(bcaInterval([0, 1, 2, 6], 0.9)).toEqual({ low: 0.75, high: 4.75 });
    expect(bcaInterval([0, 1, 2, 6])).toEqual({ low: 0.5, high: 5 });
    // Of several runs of 200,000 resamples: 0.425, and 2.3375 or 2.35.
    const { low, high } = bcaInterval(skewed)!;
    close(low, 0.425, 1e-6);
    close(high, 2.34, 0.02);
  });

  it('holds the mean about as often as it says', () => {
    const normal = stream(5, 'coverage').normal;
    const held = Array.from({ length: 400 }, () => bcaInterval(Array.from({ length: 20 }, normal), 0.9)!).filter(
      ({ low, high }) => low < 0 && high > 0,
    );
    // 90 % less what a bootstrap of twenty values lacks, within three standard errors.
    expect(held.length / 400).toBeGreaterThan(0.83);
    expect(held.length / 400).toBeLessThan(0.94);
  });
});
