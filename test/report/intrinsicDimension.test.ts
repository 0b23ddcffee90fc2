/** Shares of the gain of full fine-tuning by dimension, and their chart. */
import { describe, expect, it } from 'vitest';
import { intrinsicDimension, intrinsicDimensionSpec } from '../../src/report/charts/intrinsicDimension.ts';
import { randomSubspaces } from '../../src/analysis/randomSubspaces.ts';
import type { Summary } from '../../src/results/summary.ts';
import { type Arm, weighed } from '../claims/weighed.ts';
import { compileWarnings } from './compiled.ts';

const summaryOf = (effects: Record<number, number>, seeds = 8): Summary =>
  weighed(
    'subspaces',
    {
      full: { parameters: 80_000 },
      ...Object.fromEntries(
        Object.entries(effects).map(([dimension, effectNats]): [string, Arm] => [
          `d ${dimension}`,
          { effectNats, factors: { dimension: Number(dimension) }, reference: 'full' },
        ]),
      ),
      // Neither has a dimension to be placed at.
      other: { reference: 'full' },
      named: { factors: { dimension: 'all' }, reference: 'full' },
    },
    { seeds },
  ).summary;

describe('random subspaces', () => {
  it('are held against their reference, by rising dimension', () => {
    const [family, ...more] = randomSubspaces(summaryOf({ 1024: 0, 16: 1.5, 256: 0.5 }));
    expect(more).toEqual([]);
    expect(family).toMatchObject({ reference: 'full', parameters: 80_000, seeds: 8 });
    expect(family!.arms.map(({ dimension }) => dimension)).toEqual([16, 256, 1024]);
    const [few, some, many] = family!.arms.map(({ share }) => share.mean);
    // The gain is of 4.21 nats down to about 1.27.
    expect(few).toBeCloseTo(1 - 1.5 / 2.94, 1);
    expect(some).toBeCloseTo(1 - 0.5 / 2.94, 1);
    expect(many).toBeCloseTo(1, 1);
    expect(family!.reached).toHaveLength(8);
    for (const { value } of family!.reached) {
      expect(value).toBeGreaterThan(256);
      expect(value).toBeLessThan(1024);
    }
  });

  it('have no d₉₀ in a seed that stays below', () => {
    const [family] = randomSubspaces(summaryOf({ 16: 1.5, 256: 1 }));
    expect(family!.reached).toEqual([]);
  });
});

describe('their chart', () => {
  it('says what 90 % of the gain takes', () => {
    const chart = intrinsicDimension(summaryOf({ 16: 1.5, 256: 0.5, 1024: 0 }))!;
    expect(chart.title).toMatch(/^90\u00a0% of the gain takes \d+ \(full\) dimensions$/);
    expect(chart.howToRead).toContain('trains 80,000 (full) numbers');
    expect(compileWarnings(chart.spec)).toEqual([]);
  });

  it('says so where it takes more than was tried', () => {
    expect(intrinsicDimension(summaryOf({ 16: 1.5, 256: 1 }))!.title).toBe(
      '90\u00a0% of the gain takes more than 256 (full, some seed) dimensions',
    );
  });

  it('draws single seeds as well', () => {
    const families = randomSubspaces(summaryOf({ 16: 1.5, 256: 0.5 }, 1));
    expect(compileWarnings(intrinsicDimensionSpec(families, 'one seed'))).toEqual([]);
  });

  it('is not there for one dimension, or none', () => {
    expect(intrinsicDimension(summaryOf({ 16: 1.5 }))).toBeNull();
    expect(intrinsicDimension(summaryOf({}))).toBeNull();
  });
});
