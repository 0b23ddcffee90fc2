/** Requests that cannot be, each one clear error with exit status 2 and nothing written. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { lockFolder } from '../../src/results/lock.ts';
import { writeTinyBase } from '../experiment/tinyBase.ts';
import { spoken } from './spoken.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'requests-'));
const results = path.join(folder, 'results');
const tiny = path.resolve('test/experiment/tinyExperiment.ts');
const source = (file: string): string => JSON.stringify(pathToFileURL(path.resolve('src', file)).href);

/** An experiment file of these lines. */
function file(name: string, ...lines: string[]): string {
  const full = path.join(folder, 'experiments', name);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, `${lines.join('\n')}\n`);
  return full;
}

beforeAll(() => {
  writeTinyBase(path.join(folder, 'base'));
  vi.stubEnv('TINY_FOLDER', folder);
  file('package.json', '{ "type": "module" }');
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const program = spoken();

/** What `adapterlab run` says; its exit status must be 2. */
async function refusal(...args: string[]): Promise<string> {
  expect(await program.exits('run', ...args, '--results', results)).toBe(2);
  const text = program.err;
  expect(text).not.toMatch(/\n\s+at /);
  return text;
}

describe('adapterlab run', () => {
  it('says which experiments there are', async () => {
    file('one.ts', 'export {};');
    file('two.ts', 'export {};');
    const none = path.join(folder, 'experiments', 'none.ts');
    const text = await refusal(none);
    expect(text).toContain(`there is no experiment ${none}`);
    expect(text).toContain('one.ts, two.ts');
    expect(await refusal('experiments/none.ts')).toMatch(/experiments has adalora-ablation.ts, .*initialization.ts/);
    expect(existsSync(results)).toBe(false);
  });

  it('says what a file throws, and in which line', async () => {
    const throws = file('throws.ts', '// A comment.', 'const bits: number = 3;', 'throw new TypeError(`no ${bits}`);');
    expect(await refusal(throws)).toContain(`${throws} cannot be run: TypeError: no 3 (line 3)`);
  });

  it('says which option of which recipe a file has wrong, and in which line', async () => {
    const rank = file(
      'rank.ts',
      `import { lora } from ${source('adapters/methods/lora.ts')};`,
      '',
      'lora({ rank: 0 });',
    );
    expect(await refusal(rank)).toMatch(/rank.ts cannot be run: .*rank.*0.*\(line 3\)/);
  });

  it('says where a file cannot be read as TypeScript', async () => {
    const text = await refusal(file('syntax.ts', 'const a = 1;', 'const = 2;'));
    expect(text).toContain('syntax.ts cannot be run: ');
    expect(text).toMatch(/line 2|:2:/);
  });

  it('names a module or an export that there is none of', async () => {
    expect(await refusal(file('module.ts', "import './nowhere.ts';"))).toContain('nowhere.ts');
    const missing = file('missing.ts', `import { lorra } from ${source('adapters/methods/lora.ts')};`, 'lorra();');
    expect(await refusal(missing)).toMatch(/missing.ts cannot be run: .*lorra/);
  });

  it('wants an experiment as the default export', async () => {
    const wanted = 'it should end in: export default defineExperiment({ … })';
    expect(await refusal(file('nothing.ts', 'export const a = 1;'))).toContain(wanted);
    expect(await refusal(file('other.ts', 'export default { question: "?" };'))).toContain(wanted);
  });

  it('says which variants, engines and options there are', async () => {
    expect(await refusal(tiny, '--only', 'lora')).toContain(
      'there is no variant "lora"; the experiment has LoRA, AdaLoRA, full',
    );
    expect(await refusal(tiny, '--engine', 'cuda')).toMatch(/no engine "cuda".*tensorflow, wasm, cpu/);
    expect(await refusal(tiny, '--seeds', '0')).toContain('a whole number of at least 1');
    expect(await refusal(tiny, '--workers', 'two')).toContain('a whole number of at least 1');
    expect(await refusal(tiny, '--qiuck')).toContain("unknown option '--qiuck'");
    expect(existsSync(results)).toBe(false);
  });

  it('wants --quick to be described', async () => {
    const whole = file(
      'whole.ts',
      `import tiny from ${JSON.stringify(pathToFileURL(tiny).href)};`,
      'export default { ...tiny, quick: null };',
    );
    expect(await refusal(whole, '--quick')).toContain('says nothing about --quick');
  });

  it('refuses targets that match nothing, and says where', async () => {
    const nothing = file(
      'nothing-adapted.ts',
      `import { defineExperiment } from ${source('experiment/define.ts')};`,
      `import { tinyOptions } from ${JSON.stringify(pathToFileURL(path.resolve('test/experiment/tinyOptions.ts')).href)};`,
      "export default defineExperiment({ ...tinyOptions(process.env.TINY_FOLDER!), adapt: ['q_prj'] });",
    );
    expect(await refusal(nothing)).toMatch(/LoRA: .*q_prj/);
    expect(existsSync(results)).toBe(false);
  });

  it('refuses to work beside another process in the same folder', async () => {
    const release = lockFolder(path.join(results, 'tinyExperiment'));
    try {
      expect(await refusal(tiny)).toContain(
        `process ${process.pid} is at work in ${path.join(results, 'tinyExperiment')}`,
      );
    } finally {
      release();
    }
    expect(readdirSync(path.join(results, 'tinyExperiment'))).toEqual([]);
  });
});
