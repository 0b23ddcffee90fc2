/** The package as a user gets it: packed, installed into an empty folder, used from there. The experiment is the README's own. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, program, type ProgramOptions } from './program.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const typescript = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');

// What npm tells the scripts that it runs would reach the npm that is run here.
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD|NODE_ENV|ADAPTERLAB|VITEST)/.test(name)),
);

let folder: string;
let files: string[];
let installed: Ended;

const inFolder = (command: string, args: readonly string[], options: Partial<ProgramOptions> = {}): Promise<Ended> =>
  program(command, args, { cwd: folder, env, ...options });
const adapterlab = (args: readonly string[], options?: Partial<ProgramOptions>): Promise<Ended> =>
  inFolder('npx', ['--no-install', 'adapterlab', ...args], options);

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'adapterlab-package-'));
  const packed = await program('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root, env });
  expect(packed, packed.output).toMatchObject({ status: 0 });
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))!;
  files = (await inFolder('tar', ['-tzf', tarball])).stdout.split('\n').map((name) => name.replace('package/', ''));
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  installed = await inFolder('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${tarball}`]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the tarball', () => {
  it.each([
    'bin/adapterlab.js',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/cli/main.js',
    'dist/experiment/worker.js',
    'src/tensor/native/addon.h',
    'src/tensor/native/quiet.cc',
    'src/tensor/native/kernels/kernel.h',
    'src/tensor/native/kernels/kernels.cc',
    'experiments/start.ts',
    'results/bases/small-world/config.json',
    'results/bases/small-world/model.safetensors',
    'results/bases/small-world/tokenizer.json',
    'docs/run-record.schema.json',
    'docs/bench.schema.json',
    'docs/analysis.schema.json',
    'dist/bench/worker.js',
    'src/bench/peer/main.py',
    'src/bench/peer/work/step.py',
    'README.md',
    'CHANGELOG.md',
    'LICENSE',
  ])('holds %s', (file) => {
    expect(files).toContain(file);
  });

  it('holds neither tests nor results of experiments nor tools of the checkout', () => {
    const odd = /^(test|\.ci|jupyter|node_modules|\.native)\/|^results\/(?!bases\/)|\.test\.|\.tgz$/;
    expect(files.filter((file) => odd.test(file))).toEqual([]);
  });
});

describe('installed into an empty folder', () => {
  it('installs, whether or not the optional native engine can be had, in a few lines', () => {
    expect(installed, installed.output).toMatchObject({ status: 0 });
    expect(installed.output.split('\n').length, installed.output).toBeLessThan(15);
  });

  it('says what it can do', async () => {
    const { status, stdout, stderr } = await adapterlab(['--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const verb of ['start', 'run', 'report', 'inspect', 'parity', 'engine'])
      expect(stdout).toContain(`\n  ${verb} `);
  });

  it('has an engine, and no more to say than that', async () => {
    const { status, stdout, stderr } = await adapterlab(['engine', '--json']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ engine: expect.stringMatching(/^(tensorflow|wasm)$/) as string });
  });

  describe("with the README's experiment", () => {
    const example = /```ts\n(\/\/ my-experiment\.ts\n[^]*?)```/.exec(
      readFileSync(path.join(root, 'README.md'), 'utf8'),
    );

    beforeAll(() => writeFileSync(path.join(folder, 'my-experiment.ts'), example![1]));

    it.each([
      ['nodenext', 'nodenext'],
      ['esnext', 'bundler'],
    ])('types resolve under module %s, moduleResolution %s', async (module, moduleResolution) => {
      const options = ['--noEmit', '--strict', '--skipLibCheck', '--types', '', '--target', 'es2022'];
      const where = ['--module', module, '--moduleResolution', moduleResolution];
      const { status, stdout } = await inFolder('node', [typescript, ...options, ...where, 'my-experiment.ts']);
      expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    });

    it('types are there, not any', async () => {
      const wrong = readFileSync(path.join(folder, 'my-experiment.ts'), 'utf8').replace(/rank: 8/, "rank: 'eight'");
      writeFileSync(path.join(folder, 'wrong.ts'), wrong);
      const options = ['--noEmit', '--strict', '--skipLibCheck', '--types', '', '--module', 'nodenext'];
      const { status, stdout } = await inFolder('node', [typescript, ...options, 'wrong.ts']);
      expect(status).not.toBe(0);
      expect(stdout).toContain("Type 'string' is not assignable to type 'number'");
    });

    it('runs it, with its results in the current folder', async () => {
      const { status, stdout, stderr } = await adapterlab(['run', 'my-experiment.ts', '--quick', '--engine', 'wasm']);
      expect({ status, stderr }).toMatchObject({ status: 0 });
      expect(stdout).toContain(path.join('results', 'my-experiment-quick', 'report', 'report.html'));
      expect(existsSync(path.join(folder, 'results', 'my-experiment-quick', 'report', 'report.html'))).toBe(true);
      expect(readdirSync(path.join(folder, 'results', 'my-experiment-quick', 'runs'))).toHaveLength(2);
    });
  });

  it('starts without any file, goes on until Ctrl-C, and leaves its results in the current folder', async () => {
    const { status, stderr } = await adapterlab(['start', '--engine', 'wasm'], { interruptAt: /[1-9]\d* %, / });
    expect({ status, stderr }).toMatchObject({
      stderr: expect.stringContaining('Stopped. What is done is in results'),
    });
    expect(status).not.toBe(0);
    expect(existsSync(path.join(folder, 'results', 'start', 'plan.json'))).toBe(true);
  });
});
