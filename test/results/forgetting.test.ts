/** Trajectories: what was forgotten at the same target loss, and the frontier. */
import { describe, expect, it } from 'vitest';
import { frontier, nonDominated } from '../../src/results/frontier.ts';
import { matchedQuality, sourceLossAt } from '../../src/results/matchedQuality.ts';
import { rateSummaries } from '../../src/results/learningRates.ts';
import type { FinishedRun } from '../../src/results/record.ts';
import { summarize } from '../../src/results/summary.ts';
import { trajectory } from '../../src/results/trajectory.ts';
import { profile, synthetic } from './synthetic.ts';

type Pair = readonly [targetLossNats: number, sourceLossNats: number];

const points = (...pairs: Pair[]) =>
  pairs.map(([targetLossNats, sourceLossNats], step) => ({ step, targetLossNats, sourceLossNats }));

const [template] = synthetic({ seeds: 1, learningRates: [1e-3] }).records as FinishedRun[];

function run(seed: number, ...pairs: Pair[]): FinishedRun {
  const evaluations = points(...pairs).map(({ step, targetLossNats, sourceLossNats }) => ({
    step,
    learn: { lossNats: targetLossNats },
    retain: { lossNats: sourceLossNats },
  }));
  return { ...template, plan: { ...template.plan, seed }, evaluations };
}

describe('the source loss at a target loss', () => {
  it('lies on the line between the evaluations around it', () => {
    expect(sourceLossAt(points([4, 1], [2, 2], [1, 5]), 3)).toBe(1.5);
    expect(sourceLossAt(points([4, 1], [2, 2], [1, 5]), 1)).toBe(5);
    expect(sourceLossAt(points([4, 1], [2, 2], [1, 5]), 1.25)).toBe(4.25);
  });

  it('is that of the first time, where a run comes back', () => {
    expect(sourceLossAt(points([4, 1], [2, 2], [3, 7], [1, 9]), 2.5)).toBe(1.75);
  });

  it('is that of the start where it starts below, and none where it never comes down', () => {
    expect(sourceLossAt(points([4, 1], [2, 2]), 5)).toBe(1);
    expect(sourceLossAt(points([4, 1], [2, 2]), 1.9)).toBeNull();
  });

  it('takes no evaluation at which a loss was no number', () => {
    const { evaluations } = run(0, [4, 1], [2, 2]);
    const broken = { step: 9, learn: { lossNats: null }, retain: { lossNats: 3 } };
    expect(trajectory([broken, ...evaluations])).toEqual(points([4, 1], [2, 2]));
  });
});

describe('matched quality', () => {
  it('compares where the slowest seed of both has come', () => {
    const slow = [run(0, [4, 1], [2, 1.2]), run(1, [4, 1], [2.5, 1.3])];
    const fast = [run(0, [4, 1], [2, 2], [1, 3]), run(1, [4, 1], [1, 2.5])];
    const { targetLossNats, source, reference } = matchedQuality('slow', slow, fast)!;
    expect([reference, targetLossNats]).toEqual(['slow', 2.5]);
    expect(source.reference.values.map(({ value }) => value)).toEqual([expect.closeTo(1.15), 1.3]);
    expect(source.variant.values.map(({ value }) => value)).toEqual([1.75, 1.75]);
  });

  it('is none where a run learnt nothing, or left no trajectory', () => {
    const good = run(0, [4, 1], [2, 1.2]);
    expect(matchedQuality('a', [good], [run(0, [4, 1], [5, 2])])).toBeNull();
    expect(matchedQuality('a', [good], [run(0, [4, 1])])).toBeNull();
    expect(matchedQuality('a', [good], [])).toBeNull();
  });

  it('finds who forgets more for the same learning, and not who only learns more', () => {
    // The source loss of all but the last rises in proportion to what was learnt.
    const { plan, records } = synthetic({
      profiles: { LoRA: profile({}), forgets: profile({ forgetsNats: 0.4 }), same: profile({}) },
      seeds: 8,
      learningRates: [3e-3],
    });
    const by = Object.fromEntries(
      summarize(plan, records).variants.map(({ variant, best }) => [variant, best!.against?.matched?.comparison]),
    );
    expect(by.forgets!.verdict).toBe('higher by');
    expect(by.same!.verdict).toBe('no difference shown');
    expect(by.LoRA).toBeUndefined();
  });
});

describe('the frontier', () => {
  it('holds what nothing else beats, by rising target loss', () => {
    const kept = nonDominated(points([3, 1], [1, 3], [2, 2], [2, 2.5], [2.5, 2], [1, 3], [4, 1]));
    expect(kept.map(({ step }) => step)).toEqual([1, 2, 0]);
    expect(nonDominated([])).toEqual([]);
  });

  it('is of mean trajectories at rates where every run finished, without the start', () => {
    const planned = [0, 1].map((seed) => ({ variant: 'a', learningRate: 1e-3, seed, hash: 'abcdef01' }));
    const runs = [run(0, [4, 1], [2, 2], [1, 3]), run(1, [4, 1], [3, 2])];
    const rates = rateSummaries(planned, runs);
    expect(frontier([{ variant: 'a', rates }])).toEqual([
      { variant: 'a', learningRate: 1e-3, step: 1, targetLossNats: 2.5, sourceLossNats: 2 },
    ]);
    expect(frontier([{ variant: 'a', rates: rateSummaries(planned, runs.slice(1)) }])).toEqual([]);
  });
});
