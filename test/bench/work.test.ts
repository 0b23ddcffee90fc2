import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Job } from '../../src/bench/job.ts';
import { rowsOf } from '../../src/bench/rows/index.ts';
import { workOf } from '../../src/bench/work/index.ts';
import { plainTape } from '../../src/bench/work/plainTape.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { tinyStep } from './fakeRow.ts';

const { shape } = tinyStep;
const folder = mkdtempSync(path.join(os.tmpdir(), 'adapterlab-'));
beforeAll(() => startEngine());
afterAll(() => rmSync(folder, { recursive: true }));

const any = { threads: 1, warmup: 0 };
const jobs: Job[] = [
  { ...any, work: 'nothing' },
  { ...any, work: 'product', size: 8 },
  ...['lora', 'dora', 'adalora', 'qlora', 'loraPlus'].map((method): Job => ({ ...tinyStep, method })),
  { ...tinyStep, method: 'full', targets: 'all' },
  { ...tinyStep, lanes: 3 },
  { ...tinyStep, writing: 'plain' },
  { ...any, work: 'merge', shape, targets: ['q_proj'] },
  { ...any, work: 'quantize', shape },
  { ...any, work: 'generate', shape, promptTokens: 4, newTokens: 3 },
];

describe('the work', () => {
  it.each(jobs.map((job) => [JSON.stringify(job), job] as const))('%s can be done twice', async (_, job) => {
    const work = workOf(job);
    expect(await work.repeat()).toBeGreaterThanOrEqual(0);
    expect(await work.repeat()).toBeGreaterThanOrEqual(0);
    work.end();
  });

  it('of loading reads what its row has written', async () => {
    const row = rowsOf({ threads: 1, quick: true }).find(({ name }) => name === 'load')!;
    row.prepare(folder);
    const work = workOf(row.sides(folder)[0]!.job);
    expect(work.counts['bytes of the file']).toBeGreaterThan(8e7);
    expect(await work.repeat()).toBeGreaterThan(0);
  });

  it('of a step counts the calls of the native engine', async () => {
    const { engine } = await startEngine();
    const { counts, end } = workOf({ ...tinyStep, countsCalls: true });
    end();
    if (engine === 'tensorflow') expect(counts['engine calls']).toBeGreaterThan(10);
    else expect(counts).toEqual({});
  });
});

it('the plain tape starts at the loss of a guess and learns', () => {
  const { step, end } = plainTape(shape);
  const losses = Array.from({ length: 60 }, () => step());
  end();
  expect(losses[0]).toBeCloseTo(Math.log(shape.vocabulary), 1);
  expect(losses.at(-1)).toBeLessThan(losses[0]!);
});
