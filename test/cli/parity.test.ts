import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { jsonOf } from '../../src/cli/parity.ts';
import { writeRun } from '../parity/syntheticRun.ts';
import { spoken } from './spoken.ts';

const program = spoken();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'adapterlab-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Exit status of `adapterlab parity …`. */
const parityExits = (...words: string[]): Promise<number> => program.exits('parity', ...words);

describe('adapterlab parity', () => {
  test('declined cases are no failure: one line each, a sum, exit status 0', async () => {
    writeRun(path.join(folder, 'mine'), {}, { peft_type: 'PROMPT_TUNING' });
    expect(await parityExits(folder)).toBe(0);
    expect(program.out).toMatch(/^declined mine +the peft_type PROMPT_TUNING is not there yet/m);
    expect(program.out).toMatch(/^0 passed, 0 failed, 1 declined on \w+$/m);
  });

  test('a failed case is exit status 1, and its reason is in the JSON', async () => {
    writeRun(folder, {}, { target_modules: ['nothing'] });
    expect(await parityExits(folder, '--json')).toBe(1);
    const report = JSON.parse(program.out) as { failed: number; cases: { reason: string }[] };
    expect(report).toMatchObject({ passed: 0, failed: 1, declined: 0, engine: expect.any(String) });
    expect(report.cases[0].reason).toMatch(/nothing/);
  });

  test('an --export that is a file is a wrong request, before anything is run', async () => {
    writeRun(path.join(folder, 'run'));
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    expect(await parityExits(path.join(folder, 'run'), '--export', file)).toBe(2);
    expect(program.err).toMatch(/--export .*file: a file; name a folder/);
  });

  test('what failed is said again at the end, where there was more than one case', async () => {
    writeRun(path.join(folder, 'a'), {}, { target_modules: ['nothing'] });
    expect(await parityExits(folder)).toBe(1);
    expect(program.out).not.toMatch(/^failed:$/m);
    writeRun(path.join(folder, 'b'), {}, { peft_type: 'PROMPT_TUNING' });
    expect(await parityExits(path.join(folder, 'b'), folder)).toBe(1);
    expect(program.out).toMatch(/^failed:\n {2}run a: .*nothing.*\n0 passed, 1 failed, 1 declined on \w+$/m);
  });

  test('JSON stays JSON where a deviation is no number', () => {
    const deviations = { a: { value: Infinity, tolerance: 1 }, b: { value: NaN, tolerance: 0 } };
    const result = { name: 'x', kind: 'run', status: 'failed', deviations, seconds: 0 } as const;
    const json = jsonOf({ engine: 'wasm', cases: [result], passed: 0, failed: 1, declined: 0 });
    expect(JSON.parse(json)).toMatchObject({
      cases: [{ deviations: { a: { value: 'Infinity', tolerance: 1 }, b: { value: 'NaN', tolerance: 0 } } }],
    });
  });

  test.each([
    ['a folder that is missing', () => [path.join(folder, 'none')], /no such folder of cases: .*none/],
    ['a folder without a case', () => [folder], /holds no case/],
    [
      'a type that no case has',
      () => [writeRun(path.join(folder, 'a')), '--only', 'gpt2'],
      /no case is of gpt2;.*there are llama/,
    ],
    [
      'a type that is none',
      () => [writeRun(path.join(folder, 'a')), '--only', 'llama,a'],
      /no case is of a;.*there are llama/,
    ],
    ['no folder', () => [], /missing required argument/],
    ['an engine that is none', () => [folder, '--engine', 'abacus'], /no engine "abacus".*tensorflow, wasm, cpu/],
    ['an option that is none', () => [folder, '--only-llama'], /unknown option/],
  ])('%s is a wrong request: exit status 2', async (_what, words, message) => {
    expect(await parityExits(...words())).toBe(2);
    expect(program.err).toMatch(message);
  });

  test('--only takes several, spaces or not', async () => {
    writeRun(folder, {}, { peft_type: 'PROMPT_TUNING' });
    expect(await parityExits(folder, '--only', 'nf4, llama')).toBe(0);
    expect(program.out).toMatch(/1 declined/);
  });

  test('--help shows an example', async () => {
    expect(await parityExits('--help')).toBe(0);
    expect(program.out).toMatch(/Example:\n {2}\$ adapterlab parity .* --only llama --json/);
  });
});
