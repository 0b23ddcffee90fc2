/** Runs of variants that have a base, a target and a training of their own. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adalora } from '../../src/adapters/methods/adalora.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import { sums } from '../../src/data/smallWorld/sums.ts';
import { huggingFace } from '../../src/experiment/base.ts';
import { defineExperiment, type Experiment, type ExperimentOptions } from '../../src/experiment/define.ts';
import { groupsOf } from '../../src/experiment/groups.ts';
import { openMaterials } from '../../src/experiment/materials.ts';
import { planExperiment, type Run } from '../../src/experiment/plan.ts';
import { runExperiment } from '../../src/experiment/runner.ts';
import type { RunRecord } from '../../src/results/record.ts';
import { readStore } from '../../src/results/store.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { writeTinyBase } from './tinyBase.ts';
import { tinyOptions } from './tinyOptions.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'variants-'));
beforeAll(async () => {
  writeTinyBase(path.join(folder, 'base'));
  writeTinyBase(path.join(folder, 'other', 'base'), 2);
  await startEngine();
});
afterAll(() => rmSync(folder, { recursive: true }));

const recipe = lora({ rank: 2 });
const learn = sums({ digits: 1, train: 30, validation: 4, test: 4 });
const other = (): ExperimentOptions['base'] => huggingFace(path.join(folder, 'other', 'base'));

/** Of three pairs of base and target; the first and the last variant share theirs. */
const experimentOf = (): Experiment =>
  defineExperiment({
    ...tinyOptions(folder, 4),
    variants: {
      plain: recipe,
      other: { recipe, learn, train: { steps: 6, batch: 2, accumulation: 1, weightDecay: 0.1, evaluateEvery: 2 } },
      elsewhere: { recipe, base: other(), learn },
      again: lora({ rank: 1 }),
    },
  });

function runsOf(experiment: Experiment): readonly Run[] {
  const base = experiment.base.open();
  const { runs } = planExperiment(experiment, base, { experiment: 'own', command: '' });
  base.checkpoint.close();
  return runs;
}

const ofVariant = (records: readonly RunRecord[], name: string): RunRecord =>
  records.find(({ plan }) => plan.variant === name)!;

describe('groups and materials', () => {
  it('come one after the other where they need the same', () => {
    const groups = groupsOf(runsOf(experimentOf()), 16);
    expect([...new Set(groups.map(({ variant }) => variant))]).toEqual(['plain', 'again', 'other', 'elsewhere']);
  });

  it('are of as many lanes as the steps of a variant leave room for', () => {
    const experiment = experimentOf();
    const runs = runsOf(experiment);
    const materials = openMaterials(experiment, runs, () => {});
    // plain: 2 texts in a part; other: 2 in a step; of some 6 tokens each.
    expect(materials.lanes(1000)).toMatchObject({ plain: expect.any(Number), other: expect.any(Number) });
    const wide = defineExperiment({
      ...tinyOptions(folder, 4),
      variants: { narrow: recipe, wide: { recipe, train: { batch: 400, accumulation: 1 } } },
    });
    const lanes = openMaterials(wide, runsOf(wide), () => {}).lanes(16);
    expect(lanes.narrow).toBe(16);
    expect(lanes.wide).toBeLessThan(4);
    const sizes = groupsOf(runsOf(wide), { narrow: 16, wide: 1 }).map(({ variant, runs: some }) => [
      variant,
      some.length,
    ]);
    expect(sizes).toEqual([['narrow', 2], ['narrow', 2], ['wide', 1], ['wide', 1], ['wide', 1], ['wide', 1]]); // prettier-ignore
    materials.dispose();
  });

  it('are opened anew for another pair only, and say what they have to say once', () => {
    const said: string[] = [];
    const experiment = defineExperiment({
      ...tinyOptions(folder, 4),
      train: { steps: 4, batch: 4, learningRates: [1e-3], maxLength: 6 },
      variants: { plain: recipe, same: recipe, longer: { recipe, train: { maxLength: 60 } } },
    });
    const runs = runsOf(experiment);
    const materials = openMaterials(experiment, runs, (line) => said.push(line));
    const [plain, same, longer] = ['plain', 'same', 'longer'].map((name) => ({
      runs: groupsOf(runs, 16).find(({ variant }) => variant === name)!.runs,
    }));
    const first = materials.of(plain!);
    expect(materials.of(same!)).toBe(first);
    expect(materials.of(longer!)).not.toBe(first);
    expect(materials.of(plain!)).not.toBe(first);
    expect(said.length).toBeGreaterThan(0);
    expect(new Set(said).size).toBe(said.length);
    materials.dispose();
  });

  it('say what is wrong with any of them before anything is run', async () => {
    const experiment = defineExperiment({
      ...tinyOptions(folder, 4),
      variants: { plain: recipe, own: { recipe, learn: sums({ digits: 1, train: 9, validation: 4, test: 0 }) } },
    });
    const said: string[] = [];
    const options = { name: 'early', results: folder, say: (line: string) => said.push(line) };
    await expect(runExperiment(experiment, options)).rejects.toThrow('sums has no test examples');
    expect(said).toEqual([]);
  });
});

describe('runs of variants with settings of their own', () => {
  const options = { name: 'own', results: path.join(folder, 'results') };

  it('train as they are told, are compared on what they learn, and go on where they were stopped', async () => {
    const experiment = experimentOf();
    const { folder: whole } = await runExperiment(experiment, { ...options, name: 'whole' });
    const records = readStore(whole).read();
    expect(records.map(({ status }) => status)).toEqual(Array.from({ length: 16 }, () => 'finished'));
    const [plain, own, elsewhere] = ['plain', 'other', 'elsewhere'].map((name) => ofVariant(records, name));
    expect(plain!.history.step).toEqual([1, 2, 3, 4]);
    expect(own!.history.step).toEqual([1, 2, 3, 4, 5, 6]);
    expect(own!.evaluations.map(({ step }) => step)).toEqual([0, 2, 4, 6]);
    expect(own!.plan.train).toMatchObject({ steps: 6, batch: 2, accumulation: 1, weightDecay: 0.1 });
    expect(own!.derived!.learnHash).toBe(learn.hash());
    expect(plain!.derived!.learnHash).not.toBe(learn.hash());
    expect(own!.derived!.baseHash).toBe(plain!.derived!.baseHash);
    expect(elsewhere!.derived!.baseHash).not.toBe(plain!.derived!.baseHash);
    expect(elsewhere!.before!.retain).not.toEqual(plain!.before!.retain);

    // Stopped as each variant begins, and within it.
    const numbers = (some: readonly RunRecord[]): unknown =>
      some.map(({ plan, history, evaluations, final }) => ({ plan, history, evaluations, final }));
    for (const variant of ['plain', 'again', 'other', 'elsewhere']) {
      const stop = new AbortController();
      const say = (line: string): void => {
        if (line.startsWith(`${variant}:`)) setImmediate(() => stop.abort());
      };
      const { complete } = await runExperiment(experiment, { ...options, say, signal: stop.signal });
      expect(complete).toBe(false);
    }
    const { folder: made, complete } = await runExperiment(experiment, options);
    expect(complete).toBe(true);
    const again = numbers(readStore(made).read());
    expect(again).toEqual(numbers(records.map((run) => ({ ...run, plan: { ...run.plan, experiment: 'own' } }))));
    expect(readdirSync(path.join(made, 'state'))).toEqual([]);
  });

  it('give a control that prunes the steps of its own run', async () => {
    const adaptive = adalora({ rank: 8, target: 2, every: 1 });
    const experiment = defineExperiment({
      ...tinyOptions(folder, 4),
      seeds: 1,
      variants: { plain: recipe, AdaLoRA: { recipe: adaptive, train: { steps: 12 }, learningRates: [1e-3] } },
    });
    const { folder: made } = await runExperiment(experiment, { ...options, name: 'pruned' });
    const { step, budget } = ofVariant(readStore(made).read(), 'AdaLoRA').ranks!;
    // Four sites, from 8 to 2 each: 8 + 24 (1 − 3/8)³ after step 4, all done after step 9.
    expect([4, 12].map((at) => budget[step.indexOf(at)])).toEqual([13, 8]);
  });
});
