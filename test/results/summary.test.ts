import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/results/record.ts';
import { type Summary, type VariantSummary, summarize } from '../../src/results/summary.ts';
import { type Grid, profile, synthetic } from './synthetic.ts';

function summaryOf(grid: Grid, change: (records: RunRecord[]) => RunRecord[] = (records) => records): Summary {
  const { plan, records } = synthetic(grid);
  return summarize(plan, change(records));
}

const of = (summary: Summary, name: string): VariantSummary =>
  summary.variants.find(({ variant }) => variant === name)!;

describe('a planted effect and a planted null', () => {
  const found = (learn: number): { effect: number; nothing: number } => {
    let [effect, nothing] = [0, 0];
    const planted = { LoRA: profile({}), other: profile({ effectNats: learn }), same: profile({}) };
    for (let root = 0; root < 200; root++) {
      const summary = summaryOf({ root, profiles: planted, learningRates: [1e-3, 3e-3], steps: 2 });
      if (of(summary, 'other').best!.against!.learn!.verdict === 'lower by') effect++;
      if (of(summary, 'same').best!.against!.learn!.verdict === 'no difference shown') nothing++;
    }
    return { effect: effect / 200, nothing: nothing / 200 };
  };

  it('the effect is found, and the null is called a difference about once in twenty', () => {
    const { effect, nothing } = found(-0.04);
    expect(effect).toBeGreaterThan(0.97);
    expect(nothing).toBeGreaterThan(0.9);
    expect(nothing).toBeLessThan(0.99);
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

it('an experiment without a record is all missing', () => {
  const summary = summaryOf({ seeds: 1 }, () => []);
  expect(summary.counts).toEqual({ finished: 0, diverged: 0, failed: 0, missing: 24 });
  expect(summary.variants.every(({ best }) => best === null)).toBe(true);
});
