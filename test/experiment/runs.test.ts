import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { none as noControl } from '../../src/adapters/control/none.ts';
import { adalora } from '../../src/adapters/methods/adalora.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import { randomSubspace } from '../../src/adapters/methods/randomSubspace.ts';
import { defineExperiment, type Experiment, type ExperimentOptions } from '../../src/experiment/define.ts';
import { environmentOf } from '../../src/experiment/environment.ts';
import { runGroup } from '../../src/experiment/group.ts';
import { type Group, groupsOf } from '../../src/experiment/groups.ts';
import { type Material, openMaterial } from '../../src/experiment/material.ts';
import { planExperiment } from '../../src/experiment/plan.ts';
import { runExperiment } from '../../src/experiment/runner.ts';
import type { RunRecord } from '../../src/results/record.ts';
import { readStore } from '../../src/results/store.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { writeTinyBase } from './tinyBase.ts';
import { tinyOptions } from './tinyOptions.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'runs-'));
let environment: ReturnType<typeof environmentOf>;

beforeAll(async () => {
  writeTinyBase(path.join(folder, 'base'));
  environment = environmentOf(await startEngine());
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Prepared {
  readonly material: Material;
  readonly groups: readonly Group[];
}

/** Two lanes in a group, on engines that like one as well. */
function prepare(change: Partial<ExperimentOptions> = {}): Prepared {
  const experiment = defineExperiment({ ...tinyOptions(folder), ...change });
  const base = experiment.base.open();
  const { runs } = planExperiment(experiment, base, { experiment: 'tiny', command: '' });
  base.checkpoint.close();
  return { material: openMaterial(experiment, () => {}), groups: groupsOf(runs, 2) };
}

interface Interruption {
  /** Progress is heard so often before the signal comes. */
  readonly after: number;
}

function run(group: Group, material: Material, stop?: Interruption): Promise<RunRecord[] | null> {
  const controller = new AbortController();
  let heard = 0;
  return runGroup(group, material, {
    environment,
    stateFile: path.join(folder, 'state', `${group.id}.safetensors`),
    folder,
    signal: controller.signal,
    onProgress: () => {
      if (stop && heard++ === stop.after) controller.abort();
    },
  });
}

const withoutTimes = (records: readonly RunRecord[] | null): unknown => records?.map(({ times: _, ...rest }) => rest);

describe('a group of runs', () => {
  const drawing = { rank: 4, target: 2, every: 1, warmup: 1, tail: 2 };
  it.each([
    ['of the small experiment', {}],
    [
      'that draw while they train, or share what they train',
      {
        variants: {
          random: adalora({ ...drawing, importance: 'random' }),
          sensitivity: adalora({ ...drawing, importance: 'sensitivity' }),
          subspace: { recipe: randomSubspace({ dimension: 20 }), adapt: 'all' },
        },
      },
    ],
  ] satisfies [string, Partial<ExperimentOptions>][])(
    'gives, stopped anywhere and taken up again, the numbers of one that never stopped: runs %s',
    async (_which, options) => {
      const { material, groups } = prepare({ ...options, seeds: 1 });
      const stateFile = (group: Group): string => path.join(folder, 'state', `${group.id}.safetensors`);
      for (const group of groups) {
        const whole = await run(group, material);
        expect(whole!.map(({ status }) => status)).toEqual(group.runs.map(() => 'finished'));
        // Before the first step, in a step, in an evaluation, and in the last one.
        let stops = 0;
        for (let records: RunRecord[] | null = null; !records; stops++) {
          records = await run(group, material, { after: 2 + 3 * stops });
          expect(existsSync(stateFile(group))).toBe(true);
          if (records) expect(withoutTimes(records)).toEqual(withoutTimes(whole));
        }
        expect(stops).toBeGreaterThan(2);
        rmSync(stateFile(group));
      }
      material.dispose();
    },
  );

  it('starts again where the saved state is of other runs or is no state', async () => {
    const { material, groups } = prepare({ seeds: 1 });
    const [group, other] = groups as [Group, Group];
    const whole = await run(group, material);
    expect(await run(other, material, { after: 5 })).toBeNull();
    const state = path.join(folder, 'state');
    const [file] = readdirSync(state);
    const { renameSync, writeFileSync } = await import('node:fs');
    renameSync(path.join(state, file!), path.join(state, `${group.id}.safetensors`));
    expect(withoutTimes(await run(group, material))).toEqual(withoutTimes(whole));
    writeFileSync(path.join(state, `${group.id}.safetensors`), 'cut off');
    expect(withoutTimes(await run(group, material))).toEqual(withoutTimes(whole));
    rmSync(state, { recursive: true });
    material.dispose();
  });

  it('records a run that diverges as such, and leaves the other lane alone', async () => {
    const rates = (other: number): Partial<ExperimentOptions> => ({
      variants: { LoRA: { recipe: lora({ rank: 2 }), learningRates: [1e-3, other] } },
      adapt: 'all-linear',
      seeds: 1,
    });
    const wild = prepare(rates(1e38));
    const calm = prepare(rates(1e-2));
    const [beside, diverged] = (await run(wild.groups[0]!, wild.material))!;
    const [alone] = (await run(calm.groups[0]!, calm.material))!;
    expect(diverged).toMatchObject({ status: 'diverged', final: null });
    expect(diverged!.status !== 'finished' && diverged!.error).toMatch(/not a number at step \d+/);
    const last = Number(/\d+/.exec((diverged as { error: string }).error)![0]);
    expect(diverged!.history.step.at(-1)).toBe(last);
    expect(beside!.status).toBe('finished');
    expect(beside!.history).toEqual(alone!.history);
    expect(beside!.final).toEqual(alone!.final);
    wild.material.dispose();
    calm.material.dispose();
  });

  it('ends early where every run has diverged', async () => {
    const { material, groups } = prepare({
      variants: { LoRA: { recipe: lora({ rank: 2 }), learningRates: [1e38] } },
      adapt: 'all-linear',
      seeds: 1,
    });
    const [record] = (await run(groups[0]!, material))!;
    expect(record!.status).toBe('diverged');
    expect(record!.history.step.length).toBeLessThan(12);
    material.dispose();
  });

  it('records what a method throws as a failure, and tells a signal from it', async () => {
    const broken = {
      ...noControl(),
      create: () => ({ ...noControl().create([], { lanes: 1 } as never, 1, fail), penalty: fail }),
    };
    const { material, groups } = prepare({ variants: { LoRA: { ...lora({ rank: 2 }), control: broken } }, seeds: 1 });
    const records = (await run(groups[0]!, material))!;
    for (const record of records) expect(record).toMatchObject({ status: 'failed', error: 'the penalty broke' });
    material.dispose();
  });

  it('leaves no tensor behind, finished, stopped or failed', async () => {
    const { material, groups } = prepare({ seeds: 1 });
    await run(groups[0]!, material);
    const before = tf.memory().numTensors;
    await run(groups[0]!, material);
    expect(await run(groups[0]!, material, { after: 6 })).toBeNull();
    expect(tf.memory().numTensors).toBe(before);
    rmSync(path.join(folder, 'state'), { recursive: true });
    material.dispose();
  });
});

function fail(): never {
  throw new Error('the penalty broke');
}

describe('an experiment', () => {
  const schema = z.fromJSONSchema(JSON.parse(readFileSync('docs/run-record.schema.json', 'utf8')));

  it('becomes records of the published form, is not run twice, and goes on where it was stopped', async () => {
    const experiment = defineExperiment(tinyOptions(folder, 4));
    const stop = new AbortController();
    const options = { name: 'tiny', results: path.join(folder, 'results') };
    const say = (line: string): void => {
      if (line.startsWith('AdaLoRA')) stop.abort();
    };
    const first = await runExperiment(experiment, { ...options, say, signal: stop.signal });
    expect(first.complete).toBe(false);
    const done = readStore(first.folder).read().length;
    expect(done).toBe(4);

    const lines: string[] = [];
    const { folder: made, complete } = await runExperiment(experiment, { ...options, say: (line) => lines.push(line) });
    expect(complete).toBe(true);
    expect(lines.every((line) => !line.startsWith('LoRA'))).toBe(true);
    const records = readStore(made).read();
    expect(records.map(({ status }) => status)).toEqual(records.map(() => 'finished'));
    expect(records).toHaveLength(10);
    for (const record of records) expect(schema.safeParse(record).error).toBeUndefined();
    expect(readdirSync(made).sort()).toEqual(['plan.json', 'runs', 'state']);
    expect(readdirSync(path.join(made, 'state'))).toEqual([]);

    const again: string[] = [];
    await runExperiment(experiment, { ...options, say: (line) => again.push(line) });
    expect(again).toEqual([]);
    const more = defineExperiment({ ...tinyOptions(folder, 4), seeds: 3 });
    const before = new Map(records.map((record) => [record.plan.hash, record.times.startedAt]));
    await runExperiment(more, { ...options });
    const grown = readStore(made).read();
    expect(grown).toHaveLength(15);
    const untouched = grown.filter(({ plan, times }) => before.get(plan.hash) === times.startedAt);
    // Those of one rate have company of other seeds where the engine likes several lanes, and new company is a new group.
    const alone = untouched.filter(({ plan }) => plan.variant !== 'full');
    expect(alone).toHaveLength(8);
  });

  it('extends a grid, stopped in it or not, to the same bits, and leaves what was done before as it is', async () => {
    const experiment = (extend: number): Experiment =>
      defineExperiment({
        ...tinyOptions(folder, 6),
        variants: { LoRA: lora({ rank: 2 }) },
        train: { ...tinyOptions(folder, 6).train, learningRates: [1e-4, 1e-3] },
        extend,
      });
    const recordsOf = async (results: string, extend: number, stopAt?: string): Promise<readonly RunRecord[]> => {
      const stop = new AbortController();
      const say = (line: string): void => {
        if (line === stopAt) stop.abort();
      };
      const options = { name: 'grown', results: path.join(folder, results), say, signal: stop.signal };
      const { folder: where, complete } = await runExperiment(experiment(extend), options);
      expect(complete).toBe(stopAt === undefined);
      return readStore(where).read();
    };
    const plain = await recordsOf('plain', 0);
    const grown = await recordsOf('grown', 2);
    expect(grown.map(({ plan }) => [plan.learningRate, plan.round ?? 0, plan.seed])).toEqual(
      [1e-4, 1e-3, 0.01, 0.1].flatMap((rate, i) => [0, 1].map((seed) => [rate, Math.max(0, i - 1), seed])),
    );
    expect(withoutTimes(grown.slice(0, 4))).toEqual(withoutTimes(plain));
    await recordsOf('stopped', 2, 'LoRA: 1 runs, extension 1');
    expect(readdirSync(path.join(folder, 'stopped', 'grown', 'state'))).toHaveLength(1);
    expect(withoutTimes(await recordsOf('stopped', 2))).toEqual(withoutTimes(grown));
    for (const record of grown) expect(schema.safeParse(record).error).toBeUndefined();
  });

  it('tells another plan apart', async () => {
    const options = { name: 'tiny', results: path.join(folder, 'results') };
    const other = defineExperiment({ ...tinyOptions(folder, 5) });
    await expect(runExperiment(other, options)).rejects.toThrow('settings.train.steps: 4 there, 5 here');
    expect(existsSync(path.join(folder, 'results', 'tiny', 'lock'))).toBe(false);
  });

  it('is refused for a base that is not there, is cut off or holds no numbers', async () => {
    const at = (base: string): Promise<unknown> =>
      runExperiment(defineExperiment(tinyOptions(path.join(folder, base))), { name: 'x', results: folder });
    await expect(at('none')).rejects.toThrow(path.join(folder, 'none', 'base'));
    const { truncateSync } = await import('node:fs');
    truncateSync(path.join(writeTinyBase(path.join(folder, 'cut', 'base')), 'model.safetensors'), 5000);
    await expect(at('cut')).rejects.toThrow('model.safetensors');
    writeTinyBase(path.join(folder, 'nan', 'base'), 1, NaN);
    await expect(at('nan')).rejects.toThrow(/NaN|finite/);
    expect(existsSync(path.join(folder, 'x', 'runs'))).toBe(false);
  });
});
