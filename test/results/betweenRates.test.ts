import { describe, expect, it } from 'vitest';
import { dipBetweenRates, dipOf, withinDip } from '../../src/results/betweenRates.ts';
import type { RateSummary } from '../../src/results/learningRates.ts';
import { summarize } from '../../src/results/summary.ts';
import { profile, synthetic } from './synthetic.ts';

const rate = (learningRate: number, mean: number, diverged = 0): RateSummary =>
  ({
    learningRate,
    round: 0,
    finished: [],
    counts: { finished: 2, diverged, failed: 0, missing: 0 },
    validationLossNats: { mean },
  }) as unknown as RateSummary;

/** Losses of a parabola with its lowest point, of 1, at `lowest`. */
const valley = (lowest: number, learningRates: readonly number[]): RateSummary[] =>
  learningRates.map((at) => rate(at, 1 + 0.3 * Math.log(at / lowest) ** 2));

describe('how much lower the loss may be between rates', () => {
  it('a parabola is found again, also from rates unequally far apart', () => {
    for (const learningRates of [
      [1e-3, 2e-3, 4e-3],
      [1e-3, 2e-3, 1e-2],
    ]) {
      const rates = valley(2.3e-3, learningRates);
      expect(dipBetweenRates(rates, rates[1]!)).toBeCloseTo(0.3 * Math.log(2 / 2.3) ** 2, 12);
    }
  });

  it('is nothing where the grid meets the lowest point, and where the valley is flat', () => {
    const met = valley(2e-3, [1e-3, 2e-3, 4e-3]);
    expect(dipBetweenRates(met, met[1]!)).toBeCloseTo(0, 12);
    const flat = [1e-3, 2e-3, 4e-3].map((at) => rate(at, 1));
    expect(dipBetweenRates(flat, flat[1]!)).toBe(0);
  });

  it('is not known at the edge, nor beside a rate that diverged', () => {
    const edge = valley(1e-3, [1e-3, 2e-3, 4e-3]);
    expect(dipBetweenRates(edge, edge[0]!)).toBeNull();
    const beside = [rate(1e-3, 1.2), rate(2e-3, 1), rate(4e-3, 1.1, 1)];
    expect(dipBetweenRates(beside, beside[1]!)).toBeNull();
  });
});

it('a difference that the grid alone has made is named, a planted one is not', () => {
  const { plan, records } = synthetic({
    profiles: {
      LoRA: profile({ bestRate: 1.8e-3 }),
      met: profile({ effectNats: 0.002 }),
      large: profile({ effectNats: -2 }),
    },
    seeds: 80,
  });
  const summary = summarize(plan, records);
  const shown = summary.variants.filter(({ best }) => best?.against?.learn?.verdict === 'lower by');
  expect(shown.map(({ variant }) => variant)).toContain('large');
  const lora = summary.variants.find(({ variant }) => variant === 'LoRA')!;
  const dip = dipOf(lora)!;
  const expected = shown.filter(({ best }) => Math.abs(best!.against!.learn!.difference.mean) <= dip);
  expect(withinDip(summary)).toEqual(expected.map(({ variant }) => variant));
  expect(withinDip(summary)).not.toContain('large');
  expect(expected.map(({ variant }) => variant)).toEqual(['met']);
});
