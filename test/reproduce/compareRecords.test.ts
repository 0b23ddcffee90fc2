import { describe, expect, it } from 'vitest';
import { compareRecords } from '../../src/reproduce/compareRecords.ts';
import { widening } from '../../src/reproduce/sensitivity.ts';
import type { FinishedRun, RunRecord } from '../../src/results/record.ts';
import { synthetic } from '../results/synthetic.ts';

const { records } = synthetic({ seeds: 1 });
const record = records.find(({ status }) => status === 'finished') as FinishedRun;
const diverged = records.find(({ status }) => status === 'diverged')!;

/** A copy with something changed. */
function changed<T extends RunRecord>(of: T, change: (copy: T) => void): T {
  const copy = structuredClone(of);
  change(copy);
  return copy;
}

const bits = { widening: null, sameSource: true };
const close = { widening: () => 1, sameSource: true };
const paths = ({ differences }: ReturnType<typeof compareRecords>): string[] => differences.map(({ path }) => path);

describe('to the bit', () => {
  it('nothing differs but time and place', () => {
    const elsewhere = changed(record, (copy) => {
      copy.times.trainSeconds = 99;
      copy.environment.reason = 'another';
    });
    expect(compareRecords(record, elsewhere, bits)).toEqual({ differences: [], largest: {}, added: [] });
  });

  it('a number in its last digit does, with where and by how much', () => {
    const edited = changed(record, (copy) => (copy.final.learn.test.lossNats += 1e-7));
    const { differences, largest } = compareRecords(edited, record, bits);
    expect(differences).toHaveLength(1);
    expect(differences[0]).toMatchObject({ path: 'final.learn.test.lossNats', tolerance: 0 });
    expect(differences[0]!.difference).toBeCloseTo(1e-7, 12);
    expect(Object.keys(largest)).toEqual(['final.learn.test.lossNats']);
  });

  it.each<[string, (copy: FinishedRun) => unknown]>([
    ['history.gradientNorm[3]', (copy) => (copy.history.gradientNorm[3] = null)],
    ['history.lossNats', (copy) => copy.history.lossNats.pop()],
    ['plan.group.lane', (copy) => (copy.plan.group.lane = 5)],
    ['samples[0].got', (copy) => (copy.samples![0]!.got = 'else')],
    ['derived.bytes.activations', (copy) => (copy.derived.bytes.activations += 1)],
    ['status', (copy) => ((copy as RunRecord).status = 'failed')],
  ])('so does %s', (path, change) => {
    expect(paths(compareRecords(record, changed(record, change), bits))).toEqual([path]);
  });

  it('a field that one of them lacks does, unless the source was another that had no such field', () => {
    const without = changed(record, (copy) => delete copy.samples);
    expect(paths(compareRecords(without, record, bits))).toEqual(['samples']);
    expect(paths(compareRecords(record, without, bits))).toEqual(['samples']);
    const older = compareRecords(without, record, { ...bits, sameSource: false });
    expect(older).toMatchObject({ differences: [], added: ['samples'] });
    expect(paths(compareRecords(record, without, { ...bits, sameSource: false }))).toEqual(['samples']);
  });
});

describe('where the rounding is another', () => {
  it.each<[string, (copy: FinishedRun) => unknown]>([
    ['a loss', (copy) => (copy.final.learn.test.lossNats *= 1 + 1e-4)],
    ['a norm', (copy) => (copy.gradientsAtStart['up'] = copy.gradientsAtStart['up']! * 1.001)],
    ['bytes that depend on the engine', (copy) => (copy.derived.bytes.activations *= 2)],
    ['a text', (copy) => (copy.samples![0]!.got = 'else')],
  ])('%s may be off', (_, change) => {
    expect(paths(compareRecords(record, changed(record, change), close))).toEqual([]);
  });

  it.each<[string, (copy: FinishedRun) => unknown]>([
    ['final.learn.test.lossNats', (copy) => (copy.final.learn.test.lossNats *= 1.01)],
    ['final.learn.test.exactMatch', (copy) => (copy.final.learn.test['exactMatch']! += 0.1)],
    ['before.learn.test.lossNats', (copy) => (copy.before.learn.test.lossNats *= 1 + 1e-4)],
    ['gradientsAtStart.up', (copy) => (copy.gradientsAtStart['up'] = copy.gradientsAtStart['up']! * 1.1)],
    ['history.learningRate[2]', (copy) => (copy.history.learningRate[2]! *= 1 + 1e-8)],
    ['derived.trainableParameters', (copy) => (copy.derived.trainableParameters += 1)],
    ['plan.train.steps', (copy) => (copy.plan.train['steps'] = 61)],
  ])('but not so far: %s', (path, change) => {
    expect(paths(compareRecords(record, changed(record, change), close))).toEqual([path]);
  });

  it('a run that diverged has to diverge again, no more', () => {
    const otherwise = changed(diverged, (copy) => {
      copy.history.lossNats[3] = 100;
      (copy as { error: string }).error = 'the loss is not a number from step 22 on';
    });
    expect(paths(compareRecords(diverged, otherwise, close))).toEqual([]);
    const finished = { ...record, plan: diverged.plan };
    expect(paths(compareRecords(diverged, finished, close))).toContain('status');
  });
});

describe('a chaotic run', () => {
  const twin = changed(record, (copy) => {
    for (let i = 30; i < 60; i++) copy.history.lossNats[i]! *= 1.1;
    copy.final.learn.test.lossNats *= 1.1;
  });
  const wide = { widening: widening(record, twin), sameSource: true };

  it('may be as far off as its twin, ten times, from where its twin left it', () => {
    const off = (i: number, factor: number): RunRecord =>
      changed(record, (copy) => (copy.history.lossNats[i]! *= factor));
    expect(paths(compareRecords(record, off(40, 1.3), wide))).toEqual([]);
    expect(paths(compareRecords(record, off(10, 1.3), wide))).toEqual(['history.lossNats[10]']);
    expect(paths(compareRecords(record, off(40, 30), wide))).toEqual(['history.lossNats[40]']);
  });

  it('may not be off before its first step, nor in what is exact', () => {
    const other = changed(record, (copy) => {
      copy.gradientsAtStart['up'] = copy.gradientsAtStart['up']! * 1.1;
      copy.derived.trainableParameters += 1;
    });
    expect(paths(compareRecords(record, other, wide))).toEqual(['derived.trainableParameters', 'gradientsAtStart.up']);
  });

  it('is none where the twin stays near', () => {
    expect(widening(record, structuredClone(record))('final.learn.test.lossNats')).toBe(1);
  });
});
