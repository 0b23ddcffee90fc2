/** The verb `reproduce`: a small experiment is run, run again, and its records are edited. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FinishedRun, RunRecord } from '../../src/results/record.ts';
import { writeTinyBase } from '../experiment/tinyBase.ts';
import { spoken } from './spoken.ts';
import { startProgram } from './startedProgram.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'reproduce-'));
const results = path.join(folder, 'results');
const made = path.join(results, 'tinyExperiment');
const program = spoken();

interface Reproduced {
  readonly equal: number;
  readonly close: number;
  readonly differing: number;
  readonly records: {
    file: string;
    variant: string;
    verdict: string;
    rounding: string[];
    differences: { path: string }[];
  }[];
}

/** What the verb gives as data, and its exit status. */
async function reproduced(what: string, ...more: string[]): Promise<Reproduced & { status: number }> {
  const status = await program.exits('reproduce', what, '--results', results, '--json', ...more);
  return { status, ...(JSON.parse(program.out) as Reproduced) };
}

const files = (): string[] => readdirSync(path.join(made, 'runs')).map((name) => path.join(made, 'runs', name));
const recordOf = (file: string): RunRecord => JSON.parse(readFileSync(file, 'utf8')) as RunRecord;
const fileOf = (variant: string): string => files().find((file) => path.basename(file).startsWith(variant))!;

/** Changes a record's file. */
function edit<T extends RunRecord>(file: string, change: (record: T) => unknown): void {
  const record = recordOf(file) as T;
  change(record);
  writeFileSync(file, JSON.stringify(record));
}

beforeAll(async () => {
  writeTinyBase(path.join(folder, 'base'));
  vi.stubEnv('TINY_FOLDER', folder);
  vi.stubEnv('TINY_STEPS', '6');
  vi.stubEnv('TINY_EXTEND', '1');
  vi.stubEnv('NODE_OPTIONS', '--import tsx'); // worker processes read the sources
  const tiny = path.resolve('test/experiment/tinyExperiment.ts');
  expect(await program.exits('run', tiny, '--results', results, '--threads', '1')).toBe(0);
  cpSync(made, path.join(folder, 'kept'), { recursive: true });
}, 120_000);
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** The records as they were made. */
function restore(): void {
  rmSync(made, { recursive: true });
  cpSync(path.join(folder, 'kept'), made, { recursive: true });
}

describe('adapterlab reproduce', () => {
  it('finds all records equal, those of extended grids as well, and writes nothing', async () => {
    const before = files().map((file) => readFileSync(file, 'utf8'));
    const { status, records, ...counts } = await reproduced('tinyExperiment');
    expect(records.map(({ verdict }) => verdict)).toEqual(files().map(() => 'equal'));
    expect([status, counts.equal, counts.differing]).toEqual([0, files().length, 0]);
    expect(files().map((file) => recordOf(file).plan.round ?? 0)).toContain(1);
    expect(files().map((file) => readFileSync(file, 'utf8'))).toEqual(before);
    expect(existsSync(path.join(made, 'state')) ? readdirSync(path.join(made, 'state')) : []).toEqual([]);
  }, 120_000);

  it('finds what was edited by hand, in the seventh digit, and says where', async () => {
    const file = fileOf('LoRA');
    edit<FinishedRun>(file, ({ final }) => (final.learn.test.lossNats *= 1 + 1e-7));
    const { status, records } = await reproduced(file);
    expect(status).toBe(1);
    expect(records.map(({ differences }) => differences.map(({ path: at }) => at))).toEqual([
      ['final.learn.test.lossNats'],
    ]);
    expect(await program.exits('reproduce', file)).toBe(1);
    expect(program.out).toMatch(/differs {2}.*\n {2}final\.learn\.test\.lossNats: .* there, .* here, differs by \de-7/);
    expect(program.out).toContain('1 record: 0 equal to the bit, 0 within tolerances, 1 different');
    restore();
  }, 60_000);

  it('takes the same sample every time, one of each variant first', async () => {
    const sample = async (): Promise<string[]> =>
      (await reproduced(made, '--sample', '3')).records.map(({ file }) => file);
    const first = await sample();
    expect(new Set(first.map((file) => recordOf(file).plan.variant)).size).toBe(3);
    expect(await sample()).toEqual(first);
  }, 60_000);

  it('allows for another rounding what a twin of the run says, and no more', async () => {
    const file = fileOf('full');
    edit<FinishedRun>(file, ({ environment, final }) => {
      environment.versions['tfjs'] = '0.0.1';
      final.learn.test.lossNats *= 1 + 1e-6;
    });
    const near = await reproduced(file);
    expect([near.status, near.close]).toEqual([0, 1]);
    expect(near.records[0]!.rounding[0]).toMatch(/TensorFlow.js: 0.0.1 there/);
    edit<FinishedRun>(file, ({ final }) => (final.learn.test.lossNats *= 1.2));
    const far = await reproduced(file);
    expect([far.status, far.differing]).toEqual([1, 1]);
    restore();
  }, 60_000);

  it('wants a run that failed to fail again', async () => {
    const file = fileOf('full');
    edit(file, (record) => Object.assign(record, { status: 'failed', error: 'made up' }));
    const { status, records } = await reproduced(file);
    expect(status).toBe(1);
    expect(records[0]!.differences.map(({ path: at }) => at)).toContain('status');
    restore();
  }, 60_000);

  it('says what differs where the file makes other runs now', async () => {
    const { status, said } = await startProgram(['reproduce', made], { env: { ...process.env, TINY_STEPS: '7' } })
      .ended;
    expect(said).toMatch(
      /tinyExperiment.ts no longer makes the run LoRA at 0.001, seed 0:\n {2}train.*: .* there, .* here\n(.*\n)*Restore the file/,
    );
    expect(said).toContain('train.steps: 6 there, 7 here');
    expect(status).toBe(2);
  }, 60_000);

  it('finds the group also where records of its company are gone', async () => {
    const file = fileOf('LoRA');
    for (const other of files()) if (other !== file && recordOf(other).plan.variant === 'LoRA') rmSync(other);
    const { status, equal } = await reproduced(file);
    expect([status, equal]).toEqual([0, 1]);
    restore();
  }, 60_000);

  it('says what it can be asked for', async () => {
    expect(await program.exits('reproduce', 'nothing', '--results', results)).toBe(2);
    expect(program.err).toContain(
      'nothing is no record, no folder of an experiment (with a plan.json) and no experiment below',
    );
    const loose = path.join(folder, 'loose.json');
    cpSync(fileOf('LoRA'), loose);
    expect(await program.exits('reproduce', loose)).toBe(2);
    expect(program.err).toContain('lies in no folder of an experiment');
    expect(await program.exits('reproduce', made, '--sample', '0')).toBe(2);
    expect(await program.exits('reproduce', made, '--engine', 'cuda')).toBe(2);
    edit(fileOf('LoRA'), (record) => Object.assign(record, { schema: 'other' }));
    expect(await program.exits('reproduce', made)).toBe(2);
    expect(program.err).toContain(fileOf('LoRA'));
    restore();
  });

  it('leaves nothing behind when it is stopped', async () => {
    const listed = (): string[] => readdirSync(made, { recursive: true, encoding: 'utf8' }).toSorted();
    const before = listed();
    const started = startProgram(['reproduce', made], { env: process.env, detached: true });
    await started.says('measuring the time left');
    process.kill(-started.process.pid!, 'SIGINT');
    expect(await started.ended).toMatchObject({ signal: 'SIGINT', out: '', status: null });
    expect(listed()).toEqual(before);
  }, 60_000);
});
