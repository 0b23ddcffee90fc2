import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { RequestError } from '../../src/errors.ts';
import { planOfRecords } from '../../src/results/planOfRecords.ts';
import type { RunRecord } from '../../src/results/record.ts';
import { isStore, readStore } from '../../src/results/store.ts';
import { summarize } from '../../src/results/summary.ts';
import { synthetic } from './synthetic.ts';

const { plan, records } = synthetic({ seeds: 3 });
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'adapterlab-planless-'));
  return () => rmSync(folder, { recursive: true });
});

/** `record` with some of what it was asked changed. */
const asked = (record: RunRecord, changed: Partial<RunRecord['plan']>): RunRecord => ({
  ...record,
  plan: { ...record.plan, ...changed },
});

describe('records without a plan', () => {
  it('give the plan that they were made by, but for its command', () => {
    const { settings, variants, runs } = planOfRecords(records, folder);
    expect(runs).toEqual(plan.runs);
    expect(Object.keys(variants)).toEqual(Object.keys(plan.variants));
    expect(settings).toEqual({ ...plan.settings });
  });

  it('are read and summed up as with it', () => {
    mkdirSync(path.join(folder, 'runs'));
    expect(isStore(folder)).toBe(false);
    for (const record of records)
      writeFileSync(path.join(folder, 'runs', `${record.plan.hash}.json`), JSON.stringify(record));
    expect(isStore(folder)).toBe(true);
    const store = readStore(folder);
    const shown = ({ variant, best }: ReturnType<typeof summarize>['variants'][number]): unknown => [
      variant,
      best?.learningRate,
      best?.learn.lossNats,
    ];
    const byName = (variants: ReturnType<typeof summarize>['variants']): unknown[] =>
      variants.map(shown).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    expect(byName(summarize(store.plan, store.read()).variants)).toEqual(byName(summarize(plan, records).variants));
  });

  it('say what a variant has of its own', () => {
    const train = { ...records[0]!.plan.train, steps: 7 };
    const other = asked(records[0]!, { variant: 'short', train, hash: 'f'.repeat(64) });
    const { variants } = planOfRecords([...records, other], folder);
    expect(variants['short']).toEqual({ ...records[0]!.plan.recipe, train: { steps: 7 } });
  });

  it.each([
    ['of two experiments', { experiment: 'another' }, /two experiments, .* and another/],
    ['of one variant by two recipes', { recipe: {} }, /were made by different recipes or settings/],
  ])('%s are refused', (_, changed, message) => {
    const other = asked(records.at(-1)!, changed);
    expect(() => planOfRecords([...records.slice(0, -1), other], folder)).toThrow(RequestError);
    expect(() => planOfRecords([...records.slice(0, -1), other], folder)).toThrow(message);
  });
});
