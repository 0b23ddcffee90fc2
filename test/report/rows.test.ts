import { describe, expect, it } from 'vitest';
import type { FinishedRun, RunRecord } from '../../src/results/record.ts';
import { type Summary, summarize } from '../../src/results/summary.ts';
import { gradientsAtStart } from '../../src/report/charts/gradientsAtStart.ts';
import { intervalFrame } from '../../src/report/charts/intervalFrame.ts';
import { freeLabels } from '../../src/report/charts/freeLabels.ts';
import { learningRateSweepSpec, type SweepRow } from '../../src/report/charts/learningRateSweep.ts';
import { rateTicks } from '../../src/report/charts/rateTicks.ts';
import { lossCurves } from '../../src/report/charts/lossCurves.ts';
import { outcomes } from '../../src/report/charts/outcomeRows.ts';
import { type Grid, profile, synthetic } from '../results/synthetic.ts';

function summaryOf(
  grid: Grid,
  change: (run: FinishedRun) => Partial<FinishedRun>,
): { summary: Summary; records: RunRecord[] } {
  const { plan, records } = synthetic(grid);
  const changed = records.map((record) => (record.status === 'finished' ? { ...record, ...change(record) } : record));
  return { summary: summarize(plan, changed), records: changed };
}

const one: Grid = { profiles: { LoRA: profile({}) }, learningRates: [1e-3], seeds: 3 };

/** The rows that a layered spec shows. */
const values = (chart: { spec: unknown } | null): Record<string, number>[] =>
  (chart!.spec as { data: { values: Record<string, number>[] } }).data.values;

describe('loss curves', () => {
  const evaluation = (step: number, learn: number | null, retain: number) => ({
    step,
    learn: { lossNats: learn },
    retain: { lossNats: retain },
  });

  it('show the mean of the seeds between the lowest and the highest', () => {
    const { summary } = summaryOf(one, ({ plan }) => ({
      evaluations: [evaluation(0, 4, 1), evaluation(10, 1 + plan.seed, 2)],
    }));
    expect(values(lossCurves(summary, 'learnt'))).toEqual([
      { variant: 'LoRA', step: 0, lossNats: 4, lowest: 4, highest: 4 },
      { variant: 'LoRA', step: 10, lossNats: 2, lowest: 1, highest: 3 },
    ]);
    expect(values(lossCurves(summary, 'forgotten')).map(({ lossNats }) => lossNats)).toEqual([1, 2]);
  });

  it('show only steps that every seed has', () => {
    const { summary } = summaryOf(one, ({ plan }) => ({
      evaluations: [evaluation(0, 4, 1), evaluation(10, plan.seed === 1 ? null : 2, 2)],
    }));
    expect(values(lossCurves(summary, 'learnt'))).toHaveLength(1);
  });

  it('average training losses over the last steps, and thin out long runs', () => {
    const { summary } = summaryOf({ ...one, steps: 1000 }, ({ history }) => ({
      history: { ...history, lossNats: history.step.map((step) => step) },
    }));
    const rows = values(lossCurves(summary, 'training'));
    expect(rows.length).toBeLessThanOrEqual(150);
    // The mean of the 25 steps up to 700 is 688.
    expect(rows.find(({ step }) => step === 700)?.lossNats).toBe(688);
  });

  it('leave the first steps out of the frame where they would press the rest together, and say so', () => {
    const steep = summaryOf(one, () => ({
      evaluations: [evaluation(0, 100, 1), evaluation(5, 2, 1), evaluation(10, 1, 1)],
    }));
    expect(JSON.stringify(lossCurves(steep.summary, 'learnt')?.spec)).toContain('The first steps lie above the frame.');
    const flat = summaryOf(one, () => ({
      evaluations: [evaluation(0, 2.1, 1), evaluation(5, 2, 1), evaluation(10, 1, 1)],
    }));
    expect(JSON.stringify(lossCurves(flat.summary, 'learnt')?.spec)).not.toContain('above the frame');
  });
});

describe('learnt against forgotten', () => {
  it('has a dot per seed, a mean with its intervals, and the base once', () => {
    const { summary } = summaryOf({ seeds: 4 }, () => ({}));
    const { seeds, means, bases } = outcomes(summary);
    expect(seeds).toHaveLength(6 * 4);
    expect(means.every((row) => row.learnLow < row.learnLossNats && row.learnLossNats < row.learnHigh)).toBe(true);
    expect(bases).toEqual([{ label: 'base', learnLossNats: expect.closeTo(4.21), retainLossNats: 1.5 }]);
  });

  it('tells bases apart that are stored in another way', () => {
    const { summary } = summaryOf({ seeds: 2 }, ({ plan, before }) =>
      plan.variant === 'QLoRA' ? { before: { ...before, retain: { test: { lossNats: 1.7 } } } } : {},
    );
    expect(outcomes(summary).bases.map(({ label }) => label)).toEqual(['base of LoRA and 4 others', 'base of QLoRA']);
  });
});

describe('gradients at the start', () => {
  it('are the mean over the runs of a variant, and a zero is said in words', () => {
    const { summary, records } = summaryOf(one, ({ plan }) => ({ gradientsAtStart: { down: 0, up: 1 + plan.seed } }));
    const text = JSON.stringify(gradientsAtStart(['LoRA'], records)?.spec);
    expect(summary.variants).toHaveLength(1);
    expect(text).toContain('"role":"up","norm":2,');
    expect(text).toContain('"label":"exactly 0"');
  });

  it('say which variant does not move at all', () => {
    const { records } = synthetic({
      ...one,
      profiles: { 'both zero': profile({ roles: { down: 0, up: 0 } }), LoRA: profile({}) },
    });
    expect(gradientsAtStart(['both zero', 'LoRA'], records)?.title).toBe(
      'At step 0 nothing moves in both zero: every gradient is zero',
    );
  });
});

describe('ticks of learning rates', () => {
  it('stand at the rates, and one between two that are too close for a label each', () => {
    expect(rateTicks([1e-3, 3e-3])).toEqual([
      { at: 1e-3, label: '1e-3' },
      { at: 3e-3, label: '3e-3' },
    ]);
    const [first, second] = rateTicks([3e-3, 9e-3, 0.01]);
    expect(first.label).toBe('3e-3');
    expect(second.label).toBe('9e-3, 0.01');
    expect(second.at).toBeCloseTo(Math.sqrt(9e-5), 12);
  });
});

describe('the sweep of learning rates', () => {
  const row = (lossNats: number, low: number): SweepRow => ({
    variant: 'LoRA',
    learningRate: lossNats / 100,
    lossNats,
    low,
    high: 2 * lossNats,
    best: false,
  });
  const lows = (...rows: SweepRow[]): number[] =>
    (learningRateSweepSpec(rows, [], ['LoRA'], '').data as { values: SweepRow[] }).values.map(({ low }) => low);

  it('cuts intervals where a logarithm would end, and nowhere else', () => {
    expect(lows(row(1, -0.5), row(4, 3))).toEqual([0.5, 3]); // a log scale, as one loss is over three times the other
    expect(lows(row(1, -0.5), row(2, 1))).toEqual([-0.5, 1]);
  });
});

it('of labels beside points, those that meet one before them or leave the plot are left out', () => {
  const place = (label: string, x: number, y: number) => ({ label, x, y });
  const shown = freeLabels(
    [
      place('first', 10, 50),
      place('over it', 30, 55),
      place('below', 30, 70),
      place('beside', 200, 52),
      place('outside', 295, 9),
    ],
    300,
  );
  expect(shown.map(({ label }) => label)).toEqual(['first', 'below', 'beside']);
});

describe('the frame of means with intervals', () => {
  const around = (mean: number, half: number): { mean: number; low: number; high: number } => ({
    mean,
    low: mean - half,
    high: mean + half,
  });
  const frame = (...bounds: ReturnType<typeof around>[]): [number, number] => intervalFrame(bounds);

  it('holds all intervals that are not far longer than what is compared', () => {
    expect(frame(around(1, 0.1), around(2, 0.2))).toEqual([expect.closeTo(0.9 - 0.078), expect.closeTo(2.2 + 0.078)]);
    // Equal means with equal intervals: nothing is cut.
    expect(frame(around(1, 0.5), around(1, 0.5))).toEqual([expect.closeTo(0.44), expect.closeTo(1.56)]);
  });

  it('cuts one interval that would make a point of the rest', () => {
    const [low, high] = frame(around(1, 0.1), around(1.5, 40), around(2, 0.1));
    expect(low).toBeGreaterThan(-0.3);
    expect(high).toBeLessThan(3.3);
  });

  it('holds every point, and one value alone', () => {
    const [low, high] = intervalFrame([around(1, 0)], [0, 5]);
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(5);
    expect(frame(around(1, 0))).toEqual([0.95, 1.05]);
  });
});
