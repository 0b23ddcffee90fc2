/** What an experiment keeps of its runs: the files, their names, and that keeping changes nothing else. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lora } from '../../src/adapters/methods/lora.ts';
import { openArtefact } from '../../src/checkpoint/artefact.ts';
import { RequestError } from '../../src/errors.ts';
import { defineExperiment, type Experiment, type ExperimentOptions } from '../../src/experiment/define.ts';
import { environmentOf } from '../../src/experiment/environment.ts';
import { runGroup } from '../../src/experiment/group.ts';
import { groupsOf } from '../../src/experiment/groups.ts';
import { openMaterial } from '../../src/experiment/material.ts';
import { type PlannedExperiment, planExperiment } from '../../src/experiment/plan.ts';
import { runExperiment } from '../../src/experiment/runner.ts';
import type { RunRecord } from '../../src/results/record.ts';
import { readStore, recordFileName } from '../../src/results/store.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { writeTinyBase } from './tinyBase.ts';
import { tinyOptions } from './tinyOptions.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'keep-'));
let environment: ReturnType<typeof environmentOf>;

beforeAll(async () => {
  writeTinyBase(path.join(folder, 'base'));
  environment = environmentOf(await startEngine());
});
afterAll(() => rmSync(folder, { recursive: true }));

const experimentOf = (change: Partial<ExperimentOptions>): Experiment =>
  defineExperiment({ ...tinyOptions(folder, 4), seeds: 1, ...change });

function planned(experiment: Experiment): PlannedExperiment {
  const base = experiment.base.open();
  try {
    return planExperiment(experiment, base, { experiment: 'tiny', command: '' });
  } finally {
    base.checkpoint.close();
  }
}

/** All runs of one group into a folder of their own, stopped and taken up again after so much progress where that is given. */
async function keptBy(change: Partial<ExperimentOptions>, into: string, stopAfter?: number): Promise<RunRecord[]> {
  const experiment = experimentOf(change);
  const material = openMaterial(experiment, () => {});
  const [group] = groupsOf(planned(experiment).runs, 2);
  const done = path.join(folder, into);
  let records: RunRecord[] | null = null;
  for (let stops = 0; !records; stops++) {
    const controller = new AbortController();
    let heard = 0;
    records = await runGroup(group!, material, {
      environment,
      folder: done,
      stateFile: path.join(done, 'state', 'state.safetensors'),
      signal: controller.signal,
      onProgress: () => {
        if (stopAfter !== undefined && heard++ === stopAfter * (stops + 1)) controller.abort();
      },
    });
  }
  material.dispose();
  return records;
}

const files = (into: string): string[] => readdirSync(path.join(folder, into, 'artefacts')).sort();

describe('what is kept', () => {
  it('is nothing unless asked for', async () => {
    await keptBy({}, 'nothing');
    expect(existsSync(path.join(folder, 'nothing', 'artefacts'))).toBe(false);
  });

  it('is what was trained at the end, a file for each run, named as its record', async () => {
    const records = await keptBy({ keep: 'adapters' }, 'adapters');
    expect(records).toHaveLength(2);
    expect(files('adapters')).toEqual(
      records.map(({ plan }) => recordFileName(plan).replace('.json', '.safetensors')).sort(),
    );
    const artefact = openArtefact(path.join(folder, 'adapters', 'artefacts', files('adapters')[0]!));
    expect(artefact.step).toBe(4);
    expect(records.map(({ plan }) => plan.hash)).toContain(artefact.run);
    expect(artefact.sites.map(({ name }) => name)).toEqual(records[0]!.derived!.sites.name);
    artefact.close();
  });

  it('along a trajectory has a file for every evaluation, and is the same for a run that was stopped', async () => {
    const whole = await keptBy({ keep: 'trajectory' }, 'whole');
    const steps = whole[0]!.evaluations.map(({ step }) => step);
    expect(steps[0]).toBe(0);
    const names = whole.flatMap(({ plan }) =>
      steps.map((step) => recordFileName(plan).replace('.json', `-${step}.safetensors`)),
    );
    expect(files('whole')).toEqual(names.sort());
    await keptBy({ keep: 'trajectory' }, 'stopped', 3);
    expect(files('stopped')).toEqual(files('whole'));
    for (const name of names)
      expect(
        readFileSync(path.join(folder, 'stopped', 'artefacts', name)).equals(
          readFileSync(path.join(folder, 'whole', 'artefacts', name)),
        ),
      ).toBe(true);
    const last = names.filter((name) => name.endsWith(`-${steps.at(-1)}.safetensors`));
    for (const name of last)
      expect(readFileSync(path.join(folder, 'whole', 'artefacts', name))).toEqual(
        readFileSync(path.join(folder, 'adapters', 'artefacts', name.replace(/-\d+\.safetensors$/, '.safetensors'))),
      );
  });

  it('of a run that diverged is nothing after it did', async () => {
    const variants = { LoRA: { recipe: lora({ rank: 2 }), learningRates: [1e38, 1e-3] } };
    const records = await keptBy({ keep: 'adapters', variants, adapt: 'all-linear' }, 'diverged');
    expect(records.map(({ status }) => status)).toEqual(['diverged', 'finished']);
    expect(files('diverged')).toEqual([recordFileName(records[1]!.plan).replace('.json', '.safetensors')]);
  });
});

describe('the option', () => {
  it('changes no hash and no record, and stands in the plan only where it is given', async () => {
    const [without, with_] = [planned(experimentOf({})), planned(experimentOf({ keep: 'adapters' }))];
    expect(with_.plan.runs).toEqual(without.plan.runs);
    expect(with_.runs).toEqual(without.runs);
    expect(without.plan.settings).not.toHaveProperty('keep');
    expect(with_.plan.settings).toEqual({ ...without.plan.settings, keep: 'adapters' });
    const records = async (change: Partial<ExperimentOptions>, into: string): Promise<unknown> =>
      (await keptBy(change, into)).map(({ times: _, ...rest }) => rest);
    expect(await records({ keep: 'trajectory' }, 'a')).toEqual(await records({}, 'b'));
  });

  it('may be another one under --quick', () => {
    const { keep, quick } = defineExperiment({
      ...tinyOptions(folder),
      quick: { keep: 'trajectory' },
    });
    expect([keep, quick!.keep]).toEqual(['nothing', 'trajectory']);
  });

  it('is one of two words', () => {
    expect(() => experimentOf({ keep: 'all' as never })).toThrow(RequestError);
    expect(() => experimentOf({ keep: 'all' as never })).toThrow(`keep must be 'adapters' or 'trajectory', not "all"`);
  });

  it('asked for after the runs is another plan: what was not kept cannot be had', async () => {
    const options = { name: 'tiny', results: path.join(folder, 'results') };
    const small = { variants: { LoRA: lora({ rank: 2 }) }, train: { ...tinyOptions(folder).train, steps: 2 } };
    await runExperiment(experimentOf(small), options);
    await expect(runExperiment(experimentOf({ ...small, keep: 'adapters' }), options)).rejects.toThrow(
      'settings.keep: missing there, "adapters" here',
    );
    const kept = await runExperiment(experimentOf({ ...small, keep: 'adapters' }), { ...options, name: 'kept' });
    expect(readdirSync(path.join(kept.folder, 'artefacts'))).toHaveLength(readStore(kept.folder).read().length);
  });
});
