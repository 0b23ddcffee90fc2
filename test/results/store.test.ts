import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { RequestError } from '../../src/errors.ts';
import type { RunRecord } from '../../src/results/record.ts';
import type { ExperimentPlan } from '../../src/results/experimentPlan.ts';
import { fileNameOf, openStore, readStore } from '../../src/results/store.ts';
import { synthetic } from './synthetic.ts';

const { plan, records } = synthetic({ seeds: 2 });
let folder: string;

beforeEach(() => {
  const made = mkdtempSync(path.join(tmpdir(), 'adapterlab-store-'));
  folder = path.join(made, 'synthetic');
  return () => rmSync(made, { recursive: true });
});

it('gives back what was written, in the order of the plan', () => {
  const store = openStore(folder, plan);
  for (const record of [...records].reverse()) store.write(record);
  expect(store.read()).toEqual(records);
  expect(readStore(folder).read()).toEqual(records);
  expect(readStore(folder).plan).toEqual(plan);
});

it('names a file by variant, rate, seed and hash', () => {
  const file = openStore(folder, plan).write(records[0]);
  expect(path.relative(folder, file)).toBe(`runs/LoRA-0.0003-0-${records[0].plan.hash.slice(0, 8)}.json`);
  expect(['A zero/B normal', '../..', 'LoRA+', '…'].map(fileNameOf)).toEqual([
    'A-zero-B-normal',
    'unnamed',
    'LoRA+',
    'unnamed',
  ]);
});

it('the same record gives the same bytes', () => {
  const file = openStore(folder, plan).write(records[0]);
  const bytes = readFileSync(file);
  expect(openStore(folder, plan).write(structuredClone(records[0]))).toBe(file);
  expect(readFileSync(file)).toEqual(bytes);
  expect(readdirSync(path.dirname(file))).toHaveLength(1);
});

it('knows which runs are done: a failed one is not', () => {
  const store = openStore(folder, plan);
  const diverged = records.find(({ status }) => status === 'diverged')!;
  const { hash } = records[0].plan;
  expect(store.has(hash)).toBe(false);
  store.write({ ...diverged, status: 'failed', plan: { ...diverged.plan, hash } } as typeof diverged);
  expect(store.has(hash)).toBe(false);
  store.write(records[0]);
  store.write(diverged);
  for (const known of [store, openStore(folder, plan)]) {
    expect(known.has(hash)).toBe(true);
    expect(known.has(diverged.plan.hash)).toBe(true);
  }
});

it('keeps the record of a run that finished when the run fails later', () => {
  const failed: RunRecord = { ...records[0], status: 'failed', error: 'out of memory' };
  const store = openStore(folder, plan);
  store.write(failed);
  expect(store.has(failed.plan.hash)).toBe(false);
  store.write(records[0]);
  store.write(failed);
  expect(store.read()).toEqual([records[0]]);
});

it('writes no record of a wrong shape or of another plan', () => {
  const store = openStore(folder, plan);
  const wrong = structuredClone(records[0]);
  wrong.history.lossNats[3] = NaN;
  expect(() => store.write(wrong)).toThrow(/history\.lossNats\[3\]/);
  expect(() => store.write({ ...records[0], plan: { ...records[0].plan, hash: 'deadbeef' } })).toThrow(
    'not in the plan',
  );
  expect(store.read()).toEqual([]);
});

describe('a folder of another plan', () => {
  const other = (change: Partial<ExperimentPlan>): ExperimentPlan => ({ ...plan, ...change });

  it.each([
    [other({ settings: { ...plan.settings, train: { steps: 100 } } }), 'settings.train.steps: 60 there, 100 here'],
    [other({ settings: { ...plan.settings, batch: 8 } }), 'settings.batch: missing there, 8 here'],
    [other({ variants: { ...plan.variants, DoRA: { rank: 4 } } }), 'variants.DoRA.rank: missing there, 4 here'],
    [other({ experiment: 'else' }), 'experiment: "synthetic" there, "else" here'],
    [other({ runs: [{ ...plan.runs[0], hash: 'deadbeef' }] }), 'hash of LoRA at 0.0003, seed 0'],
  ])('is refused with what differs (%#)', (asked, message) => {
    openStore(folder, plan).write(records[0]);
    const before = readFileSync(path.join(folder, 'plan.json'));
    expect(() => openStore(folder, asked)).toThrow(message);
    expect(() => openStore(folder, asked)).toThrow(RequestError);
    expect(() => openStore(folder, asked)).toThrow('Choose another folder');
    expect(readFileSync(path.join(folder, 'plan.json'))).toEqual(before);
  });

  it('of which nothing came is replaced', () => {
    openStore(folder, other({ settings: { ...plan.settings, batch: 8 } }));
    expect(openStore(folder, plan).plan).toEqual(plan);
    expect(readStore(folder).plan).toEqual(plan);
  });

  it('but variants, rates and seeds may be added', () => {
    openStore(folder, { ...plan, runs: plan.runs.slice(0, 3) }).write(records[0]);
    const store = openStore(folder, { ...plan, question: 'Another?' });
    expect(store.plan).toEqual({ ...plan, question: 'Another?' });
    expect(store.read()).toEqual([records[0]]);
  });

  it('and fewer asked for: what has a record stays, the rest is asked for no more', () => {
    openStore(folder, plan).write(records[0]);
    const [name] = Object.keys(plan.variants);
    const fewer = { ...plan, variants: { [name]: plan.variants[name] }, runs: [] };
    const { runs, variants } = openStore(folder, fewer).plan;
    expect(runs).toEqual(plan.runs.slice(0, 1));
    expect(Object.keys(variants)).toEqual([name]);
  });
});

describe('a broken folder is one clear error', () => {
  it.each([
    [
      'cut off',
      (file: string) => writeFileSync(file, readFileSync(file, 'utf8').slice(0, 999)),
      /LoRA-.*json: not JSON/,
    ],
    ['a copy', (file: string) => copyFileSync(file, file.replace('LoRA', 'copy')), /hold the same run/],
    [
      'a stranger',
      (file: string) =>
        writeFileSync(file, JSON.stringify({ ...records[0], plan: { ...records[0].plan, hash: 'deadbeef' } })),
      /run deadbeef is not in .*plan\.json/,
    ],
    [
      'a broken plan',
      (file: string) => writeFileSync(path.join(file, '../../plan.json'), '{"schema":"adapterlab/plan/1"}'),
      /plan\.json: experiment: /,
    ],
  ])('%s', (_, breakIt, message) => {
    breakIt(openStore(folder, plan).write(records[0]));
    expect(() => readStore(folder)).toThrow(message);
    expect(() => readStore(folder)).toThrow(RequestError);
    expect(() => openStore(folder, plan)).toThrow(message);
  });

  it('a folder without its plan takes no further runs', () => {
    openStore(folder, plan).write(records[0]);
    rmSync(path.join(folder, 'plan.json'));
    expect(() => openStore(folder, plan)).toThrow(/holds runs but no plan\.json/);
  });

  it('a file in the place of the folder', () => {
    writeFileSync(folder, '');
    expect(() => openStore(folder, plan)).toThrow(/is a file/);
  });
});
