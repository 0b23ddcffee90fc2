import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CaseResult } from '../../src/parity/caseResult.ts';
import { parity } from '../../src/parity/parity.ts';
import { activeEngine, startEngine } from '../../src/tensor/engine.ts';
import { describeWithShared, shared } from '../shared.ts';

describeWithShared('optimizers, schedules and clipping', () => {
  let folder: string;
  beforeAll(() => startEngine());
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'adapterlab-'));
    cpSync(shared('fixtures/optimizer'), folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const checked = (): CaseResult => parity([folder], activeEngine().engine).cases[0];

  type Json = { [name: string]: Json } & { [name: string]: unknown };
  function edit(file: string, change: (json: Json) => void): void {
    const json = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Json;
    change(json);
    writeFileSync(path.join(folder, file), JSON.stringify(json));
  }
  /** What is beyond its tolerance after an edit. */
  function beyond(file: string, change: (json: Json) => void): string[] {
    edit(file, change);
    const { status, deviations } = checked();
    expect(status).toBe('failed');
    return Object.entries(deviations).flatMap(([what, { value, tolerance }]) => (value <= tolerance ? [] : [what]));
  }

  test('are those of torch and transformers', () => {
    const { status, reason, deviations } = checked();
    expect({ status, reason }).toEqual({ status: 'passed' });
    const parts = Object.keys(deviations).map((what) => what.split('.')[0]);
    const count = (part: string): number => parts.filter((one) => one === part).length;
    expect([count('trajectories'), count('schedules'), count('clipping')]).toEqual([13, 21, 12]);
  });

  test.each([
    ['lr', 'adamw', 0.0101],
    ['weight_decay', 'adamw-decay', 0.11],
    ['amsgrad', 'adamw-amsgrad', false],
    ['eps', 'adam', 2e-8],
    ['momentum', 'sgd-momentum', 0.901],
    ['nesterov', 'sgd-nesterov-decay', false],
    ['dampening', 'sgd-dampened', 0.31],
  ])('notice another %s of %s', (setting, run, value) => {
    expect(beyond('trajectories.json', (json) => (json[run].settings[setting] = value as never))).toEqual([
      `trajectories.${run}`,
    ]);
  });

  test('notice a step too late in the schedule, another factor, another norm', () => {
    const shifted = (json: Json): unknown => (json['adamw-linear'].schedule.warmupSteps = 6 as never);
    expect(beyond('trajectories.json', shifted)).toEqual(['trajectories.adamw-linear']);
    const [name] = Object.keys(JSON.parse(readFileSync(path.join(folder, 'schedules.json'), 'utf8')) as Json);
    edit('schedules.json', (json) => ((json[name].factors as unknown as number[])[3] += 1e-9));
    edit('clipping.json', (json) => (json[3].norm = 53.81 as never));
    expect(beyond('clipping.json', (json) => (json[0].maxNorm = 0.5001 as never))).toEqual([
      'trajectories.adamw-linear',
      `schedules.${name}`,
      'clipping.0.gradient',
      'clipping.3.norm',
    ]);
  });

  test('decline what is not there', () => {
    edit('trajectories.json', (json) => (json.adam.optimizer = 'RMSprop' as never));
    expect(checked()).toMatchObject({ status: 'declined', reason: expect.stringMatching(/the optimizer RMSprop/) });
    edit('trajectories.json', (json) => Object.assign(json.adam, { optimizer: 'Adam' }));
    edit('trajectories.json', (json) => (json.adam.settings.maximize = true as never));
    expect(checked()).toMatchObject({ status: 'declined', reason: expect.stringMatching(/setting maximize of Adam/) });
    edit('trajectories.json', (json) => (json.adam.settings.maximize = false as never));
    edit('schedules.json', (json) => (json['cosine-0-20'].type = 'warmup_stable_decay' as never));
    expect(checked()).toMatchObject({ status: 'declined', reason: expect.stringMatching(/warmup_stable_decay/) });
    edit('schedules.json', (json) => Object.assign(json['cosine-0-20'], { type: 'cosine', cycles: 2 }));
    expect(checked()).toMatchObject({ status: 'declined', reason: expect.stringMatching(/the option cycles/) });
  });

  test.each([
    ['without clipping.json', () => rmSync(path.join(folder, 'clipping.json')), /clipping\.json is missing/],
    ['without its tensors', () => rmSync(path.join(folder, 'clipping.safetensors')), /clipping\.safetensors/],
    [
      'with tensors cut off',
      () => truncateSync(path.join(folder, 'trajectories.safetensors'), 900),
      /trajectories\.saf/,
    ],
    ['with a run of no tensors', () => edit('trajectories.json', (json) => (json.x = json.adam)), /no tensor "x\./],
    ['with a norm of no tensors', () => edit('clipping.json', (json) => (json.x = json[0])), /no tensor x\.before/],
    ['with nothing in a part', () => writeFileSync(path.join(folder, 'schedules.json'), '{}'), /one of its JSON files/],
    [
      'with no factors',
      () => edit('schedules.json', (json) => (json.x = { ...json['linear-0-20'], factors: [] as never })),
      /factors/,
    ],
  ])('fail, %s', (_what, change, reason) => {
    change();
    expect(checked()).toMatchObject({ status: 'failed', reason: expect.stringMatching(reason) });
  });
});
