/** What a record says of test data beside losses: written text, distance from the base, observed tasks. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lora } from '../../src/adapters/methods/lora.ts';
import { qlora } from '../../src/adapters/methods/qlora.ts';
import { sums } from '../../src/data/smallWorld/sums.ts';
import { defineTask, type Example } from '../../src/data/task.ts';
import { defineExperiment, type ExperimentOptions } from '../../src/experiment/define.ts';
import { environmentOf } from '../../src/experiment/environment.ts';
import { runGroup } from '../../src/experiment/group.ts';
import { groupsOf } from '../../src/experiment/groups.ts';
import { openMaterial } from '../../src/experiment/material.ts';
import { planExperiment } from '../../src/experiment/plan.ts';
import { corpusBleu } from '../../src/metrics/bleu.ts';
import { type RunRecord, runRecord } from '../../src/results/record.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { writeTinyBase } from './tinyBase.ts';
import { tinyOptions } from './tinyOptions.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'test-scores-'));
let environment: ReturnType<typeof environmentOf>;

beforeAll(async () => {
  writeTinyBase(path.join(folder, 'base'));
  environment = environmentOf(await startEngine());
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Two ways to say each of three things. */
const examples: readonly Example[] = ['Ada', 'Bruno', 'Cora', 'Dina'].flatMap((name) =>
  ['is happy today', 'sings in the garden'].map((completion) => ({ prompt: name, completion, group: name })),
);
const retold = defineTask(
  { name: 'retold', spec: { type: 'retold' }, metrics: ['bleu', 'chrF'], generate: { prompts: 3, tokens: 5 } },
  () => ({ splits: { train: examples, validation: examples, test: examples }, cloze: [], minimalPairs: [] }),
);

interface Run {
  readonly records: readonly RunRecord[];
  readonly progress: readonly number[];
}

async function run(change: Partial<ExperimentOptions>): Promise<Run> {
  const experiment = defineExperiment({ ...tinyOptions(folder, 6), ...change });
  const base = experiment.base.open();
  const { runs } = planExperiment(experiment, base, { experiment: 'tiny', command: '' });
  base.checkpoint.close();
  const material = openMaterial(experiment, () => {});
  const progress: number[] = [];
  const records = await runGroup(groupsOf(runs, 2)[0]!, material, {
    environment,
    stateFile: path.join(folder, 'state.safetensors'),
    folder,
    signal: new AbortController().signal,
    onProgress: (share) => progress.push(share),
  });
  material.dispose();
  return { records: records!, progress };
}

const learningRates = [1e-2, 3e-2];
const one = { train: { steps: 6, batch: 4, learningRates }, seeds: 1 };

it('what is written after the test prompts is scored against all references, and shown', async () => {
  const { records, progress } = await run({ ...one, learn: retold, variants: { LoRA: lora({ rank: 2 }) } });
  expect(records).toHaveLength(2);
  for (const record of records) {
    expect(record.status).toBe('finished');
    expect(runRecord.safeParse(JSON.parse(JSON.stringify(record))).error).toBeUndefined();
    expect(record.samples!.map(({ prompt, expected }) => [prompt, expected])).toEqual(
      ['Ada', 'Bruno', 'Cora'].map((name) => [name, 'is happy today']),
    );
    const written = record.samples!.map(({ got }) => ({
      hypothesis: got,
      references: ['is happy today', 'sings in the garden'],
    }));
    expect(record.final!.learn.test.bleu).toBeCloseTo(corpusBleu(written).score, 6);
    expect(record.final!.learn.test.chrF).toBeGreaterThan(0);
    expect(Object.keys(record.final!.learn.validation)).toEqual(['lossNats', 'tokenAccuracy']);
    expect(Object.keys(record.before!.learn.test)).toEqual(expect.arrayContaining(['bleu', 'chrF']));
  }
  expect(records[0]!.samples).not.toEqual(records[1]!.samples);
  expect(progress.at(-1)).toBeCloseTo(1, 9);
  expect(progress.at(-2)).toBeLessThan(1);
});

it('texts are shown of tasks that score none, and observed tasks are scored before and after', async () => {
  const observe = { 'longer sums': sums({ digits: 2, train: 0, validation: 0, test: 6 }) };
  const { records, progress } = await run({ ...one, variants: { LoRA: lora({ rank: 2 }) }, observe });
  const names = ['lossNats', 'tokenAccuracy', 'exactMatch'];
  for (const { status, before, final, samples } of records) {
    expect(status).toBe('finished');
    expect(samples).toHaveLength(3);
    expect(Object.keys(before!.observe!['longer sums']!)).toEqual(names);
    expect(Object.keys(final!.observe!['longer sums']!)).toEqual(names);
    expect(final!.observe!['longer sums']!.lossNats).not.toBe(before!.observe!['longer sums']!.lossNats);
  }
  expect(progress.at(-1)).toBeCloseTo(1, 9);
});

it('the distance from the base is 0 before, and what quantization loses where the base is held in fewer bits', async () => {
  const { records: plain } = await run({ ...one, variants: { LoRA: lora({ rank: 2 }) } });
  const { records: held } = await run({ ...one, variants: { QLoRA: qlora({ rank: 2 }) } });
  for (const { before, final } of plain) {
    expect(before!.retain.test.klToBase).toBeLessThan(1e-6);
    expect(final!.retain.test.klToBase).toBeGreaterThan(1e-5);
  }
  expect(plain[0]!.final!.retain.test.klToBase).toBeLessThan(plain[1]!.final!.retain.test.klToBase!);
  expect(held[0]!.before!.retain.test.klToBase).toBeGreaterThan(1e-5);
  for (const { before } of [...plain, ...held]) expect(before!.learn.test).not.toHaveProperty('klToBase');
});
