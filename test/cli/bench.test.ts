/** The verb as a process, with a fake peer where one is needed. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { BenchRecord } from '../../src/bench/record.ts';
import { fakeScript } from '../bench/fakeRow.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { startProgram, type StartedProgram } from './startedProgram.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
const file = (): string => path.join(folder, 'bench', 'bench.json');
const start = (words: readonly string[], env: Record<string, string> = {}): StartedProgram =>
  startProgram(['bench', '--quick', '--results', folder, ...words], { env: { ...process.env, ...env } });

describe('a wrong request ends with status 2 before anything is measured:', () => {
  it.each([
    ['a row that there is none of', ['--only', 'step-lora-256'], /no row 'step-lora-256'; closest: step-lora-256x4/],
    [
      'a peer that does not exist',
      ['--only', 'merge', '--peer', '/no/python'],
      /the peer '\/no\/python' cannot do its part/,
    ],
    ['a peer that is no Python', ['--only', 'merge', '--peer', 'true'], /the peer 'true' cannot do its part/],
  ])('%s', async (_, words, message) => {
    const { status, out, said } = await start(words).ended;
    expect(said).toMatch(message);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(existsSync(file())).toBe(false);
  });

  it('an engine that there is none of', async () => {
    const { status, said } = await start([], { ADAPTERLAB_ENGINE: 'abacus' }).ended;
    expect(said).toContain('There is no engine "abacus"');
    expect(status).toBe(2);
  });
});

it('a small row is measured for real, and what is printed is what is written', async () => {
  const { status, out, said } = await start(['--only', 'step-lora-64-rows', '--json']).ended;
  expect(status, said).toBe(0);
  const record = JSON.parse(out) as BenchRecord;
  expect(record).toEqual(JSON.parse(readFileSync(file(), 'utf8')));
  expect(record).toMatchObject({ quick: true, peer: null });
  expect(record.rows).toHaveLength(1);
  expect(record.rows[0]).toMatchObject({ name: 'step-lora-64-rows', peer: null, ratio: null, error: null });
  expect(record.rows[0]!.ours).toBeGreaterThan(0);
  expect(existsSync(path.join(folder, 'bench', 'bench.md'))).toBe(true);
});

it('a measurement that fails ends with status 1; the other row is there', async () => {
  const words = ['--only', 'merge,step-lora-64-rows', '--peer', fakeScript];
  const { status, said } = await start(words, { FAKE_FAILS: 'merge' }).ended;
  expect(said).toContain('1 of 2 measurements failed');
  expect(status).toBe(1);
  const { rows } = JSON.parse(readFileSync(file(), 'utf8')) as BenchRecord;
  expect(rows.map(({ name, error }) => [name, error])).toEqual([
    ['step-lora-64-rows', null],
    ['merge', 'no merge here'],
  ]);
  expect(rows[0]!.ratio).toBeGreaterThan(0);
});

it('Ctrl-C ends it at once and keeps what is measured', async () => {
  const program = start(['--only', 'merge,step-lora-64-rows', '--peer', fakeScript], { FAKE_HANGS: 'merge' });
  await program.says('step-lora-64-rows   '); // its result
  program.process.kill('SIGINT');
  const { signal, said } = await program.ended;
  expect(said).toContain('Stopped. What is measured is in');
  expect(signal).toBe('SIGINT');
  const { rows } = JSON.parse(readFileSync(file(), 'utf8')) as BenchRecord;
  expect(rows.map(({ name }) => name)).toEqual(['step-lora-64-rows']);
});
