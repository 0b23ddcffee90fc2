import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../src/results/comparison.ts';
import type { RunRecord } from '../../src/results/record.ts';
import { type Summary, type VariantSummary, summarize } from '../../src/results/summary.ts';
import { pairedPower, smallestEffect } from '../../src/statistics/power.ts';
import { type Grid, profile, synthetic } from './synthetic.ts';

function summaryOf(grid: Grid, change: (records: RunRecord[]) => RunRecord[] = (records) => records): Summary {
  const { plan, records } = synthetic(grid);
  return summarize(plan, change(records));
}

const of = (summary: Summary, name: string): VariantSummary =>
  summary.variants.find(({ variant }) => variant === name)!;

describe('a planted effect and a planted null', () => {
  /** Standard deviation of a difference of two runs of the same seed, in nats: two noises each (synthetic.ts). */
  const deviation = 2 * 0.006;
  const sets = 150;
  const shares = (names: readonly string[], effectNats: number): { found: number; falsely: number; alone: number } => {
    let [found, falsely, alone] = [0, 0, 0];
    const nulls = Object.fromEntries(names.map((name) => [name, profile({})]));
    const planted = { LoRA: profile({}), ...nulls, other: profile({ effectNats }) };
    for (let root = 0; root < sets; root++) {
      const summary = summaryOf({ root, profiles: planted, learningRates: [3e-3], steps: 2 });
      const learn = (name: string): Comparison => of(summary, name).best!.against!.learn!;
      if (learn('other').verdict === 'lower by') found++;
      if (names.some((name) => learn(name).verdict !== 'no difference shown')) falsely++;
      if (names.some((name) => learn(name).onlyAlone)) alone++;
    }
    return { found: found / sets, falsely: falsely / sets, alone: alone / sets };
  };
  /** Three standard errors of a share. */
  const error = (share: number): number => 3 * Math.sqrt((share * (1 - share)) / sets);

  it('the effect is found about as often as its power says, and of four nulls one is called a difference in one set of twenty', () => {
    const effect = 2.5;
    const { found, falsely, alone } = shares(['a', 'b', 'c', 'd'], -effect * deviation);
    expect(falsely).toBeLessThan(0.05 + error(0.05));
    // Without the correction, some 15 % of the sets would hold a false one.
    expect(alone + falsely).toBeGreaterThan(0.09);
    // Holm's level for the effect is 0.05 over five, or more where a null is out by chance.
    const [least, most] = [pairedPower(effect, 5, 0.05 / 5), pairedPower(effect, 5, 0.05)];
    expect(found).toBeGreaterThan(least - error(least));
    expect(found).toBeLessThan(least + error(least) + 0.05);
    expect(least).toBeLessThan(most - 0.2);
  });

  it('alone in its family, the smallest effect that is said to be seen is found four times in five', () => {
    const { found } = shares([], -smallestEffect(5)! * deviation);
    expect(Math.abs(found - 0.8)).toBeLessThan(error(0.8));
  });

  it('says how large the difference is, from the same seeds', () => {
    const summary = summaryOf({});
    const { difference, verdict, reference } = of(summary, 'full').best!.against!.learn!;
    expect([verdict, reference, difference.pairs]).toEqual(['lower by', 'LoRA', 5]);
    expect(difference.mean).toBeCloseTo(-0.12, 1);
    // The seeds move all variants together by 0.03: only a paired interval is this narrow.
    expect(difference.interval!.high - difference.interval!.low).toBeLessThan(0.04);
    expect(of(summary, 'full').best!.against!.retain!.verdict).toBe('higher by');
    expect(of(summary, 'DoRA').best!.against!.learn!.verdict).toBe('no difference shown');
    expect(of(summary, 'LoRA').best!.against).toBeNull();
  });
});

describe('the best rate', () => {
  it('is chosen on validation data and shown on test data', () => {
    const tempted = summaryOf({ seeds: 2 }, (records) =>
      records.map((record) => {
        if (record.status !== 'finished' || record.plan.learningRate !== 3e-4) return record;
        const test = { ...record.final.learn.test, lossNats: 0.1 };
        return { ...record, final: { ...record.final, learn: { ...record.final.learn, test } } };
      }),
    );
    expect(of(tempted, 'LoRA').best!.learningRate).toBe(3e-3);
    expect(of(tempted, 'LoRA').best!.learn.lossNats.mean).toBeGreaterThan(1);
  });

  it('says where it lies in the grid', () => {
    const summary = summaryOf({});
    expect(summary.variants.map(({ best }) => best!.place)).toEqual([
      'inside',
      'inside',
      'inside',
      'highest',
      'inside',
      'lowest',
    ]);
    expect(of(summaryOf({ learningRates: [1e-3] }), 'LoRA').best!.place).toBe('only');
  });

  it('is none at which a run diverged, failed or is missing', () => {
    const spoil = (how: (record: RunRecord) => RunRecord[]) =>
      summaryOf({}, (records) =>
        records.flatMap((record) =>
          record.plan.variant === 'LoRA' && record.plan.learningRate === 3e-3 && record.plan.seed === 4
            ? how(record)
            : [record],
        ),
      );
    const stop = (status: 'diverged' | 'failed') => (record: RunRecord) =>
      [{ ...record, status, error: 'x', final: null }] as RunRecord[];
    for (const summary of [spoil(stop('diverged')), spoil(stop('failed')), spoil(() => [])])
      expect(of(summary, 'LoRA').best!.learningRate).toBe(1e-3);
    expect(of(spoil(stop('failed')), 'LoRA').counts).toEqual({ finished: 19, diverged: 0, failed: 1, missing: 0 });
    expect(
      of(
        spoil(() => []),
        'LoRA',
      ).counts,
    ).toEqual({ finished: 19, diverged: 0, failed: 0, missing: 1 });
  });

  it('is none at all where every rate has a run that diverged', () => {
    const summary = summaryOf({ profiles: { LoRA: profile({ divergesFrom: 1e-9 }), other: profile({}) } });
    expect(of(summary, 'LoRA').best).toBeNull();
    expect(of(summary, 'LoRA').counts.diverged).toBe(20);
    expect(of(summary, 'other').best!.against).toBeNull();
  });
});

it('one seed has no interval, and shows no difference either way', () => {
  const summary = summaryOf({ seeds: 1 });
  expect(of(summary, 'full').best!.learn.lossNats.interval).toBeNull();
  expect(of(summary, 'full').best!.against!.learn!.verdict).toBe('not known from one seed');
});

it('gives every seed, other metrics, parameters, bytes, scale and time', () => {
  const { best } = of(summaryOf({}), 'AdaLoRA');
  expect(best!.learn.lossNats.values.map(({ seed }) => seed)).toEqual([0, 1, 2, 3, 4]);
  expect(Object.keys(best!.learn)).toEqual(['lossNats', 'exactMatch']);
  expect(best!.trainableParameters).toBe(13_000);
  expect(best!.trainableParametersAtEnd).toBe(8_710);
  expect(best!.bytes).toMatchObject({ base: 1_040_128, optimizer: 104_000 });
  expect(best!.scale).toEqual({ smallest: 2, largest: 2 });
  expect(best!.secondsPerStep).toBeCloseTo(0.0513);
  expect(best!.base).toEqual({ learnLossNats: expect.closeTo(4.21), retainLossNats: 1.5 });
});

it('the first variant is the reference where none is called LoRA', () => {
  expect(summaryOf({ profiles: { first: profile({}), second: profile({}) } }).reference).toBe('first');
  expect(summaryOf({ profiles: { first: profile({}), LoRA: profile({}) } }).reference).toBe('LoRA');
});

it('a variant may name what it is compared with', () => {
  const { plan, records } = synthetic({ profiles: { LoRA: profile({}), a: profile({}), b: profile({}) }, seeds: 3 });
  const variants = { ...plan.variants, b: { reference: 'a' }, LoRA: { reference: 'nobody' } };
  const summary = summarize({ ...plan, variants }, records);
  expect(summary.variants.map(({ reference }) => reference)).toEqual(['nobody', 'LoRA', 'a']);
  expect(of(summary, 'LoRA').best!.against).toBeNull();
  expect(of(summary, 'a').best!.against!.reference).toBe('LoRA');
  const { reference, learn } = of(summary, 'b').best!.against!;
  expect([reference, learn!.reference]).toEqual(['a', 'a']);
  const values = (name: string): number[] => of(summary, name).best!.learn.lossNats.values.map(({ value }) => value);
  expect(learn!.difference.mean).toBeCloseTo(
    values('b').reduce((sum, value, seed) => sum + value - values('a')[seed], 0) / 3,
    12,
  );
});

it('says what was not matched, and how far methods and seeds move a run', () => {
  const { unmatched, spread } = summaryOf({});
  expect(unmatched).toEqual({
    trainableParameters: { smallest: 8192, largest: 260_032 },
    trainableParametersAtEnd: { smallest: 8192, largest: 260_032 },
    scale: null,
    rates: null,
  });
  expect(spread.learn!.betweenVariants).toBeCloseTo(0.057, 2);
  expect(spread.learn!.ratio).toBeGreaterThan(1.5);
  const alike = summaryOf({ profiles: { LoRA: profile({}), same: profile({}) } });
  expect(alike.unmatched.trainableParameters).toBeNull();
  expect(alike.spread.learn!.ratio).toBeLessThan(0.5);
  expect(summaryOf({ seeds: 1 }).spread.learn).toBeNull();
});

it.each([
  [12 / 6.00001, null],
  [2.1, { smallest: 2, largest: 2.1 }],
])('a scale of %s beside 2: a rank that is divided by with 1e-5 added is the same', (scale, expected) => {
  const change = (records: RunRecord[]): RunRecord[] =>
    records.map((record) => {
      if (record.plan.variant !== 'DoRA' || record.status !== 'finished') return record;
      const { sites } = record.derived;
      return { ...record, derived: { ...record.derived, sites: { ...sites, scale: sites.scale.map(() => scale) } } };
    });
  expect(summaryOf({}, change).unmatched.scale).toEqual(expected);
});

it('an experiment without a record is all missing', () => {
  const summary = summaryOf({ seeds: 1 }, () => []);
  expect(summary.counts).toEqual({ finished: 0, diverged: 0, failed: 0, missing: 24 });
  expect(summary.variants.every(({ best }) => best === null)).toBe(true);
});
