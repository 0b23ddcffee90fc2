/** What is repeated, from which file, and where bits must be equal. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { RequestError } from '../../src/errors.ts';
import { roundingDiffers } from '../../src/reproduce/rounding.ts';
import { sampleOf } from '../../src/reproduce/sample.ts';
import { scriptOf } from '../../src/reproduce/script.ts';
import type { Environment } from '../../src/results/record/environment.ts';
import { synthetic } from '../results/synthetic.ts';

describe('a sample', () => {
  const { records } = synthetic({ seeds: 3 });

  it('is the same every time, of another folder another, in the order of the records', () => {
    const first = sampleOf(records, 7, 'a');
    expect(sampleOf(records, 7, 'a')).toEqual(first);
    expect(sampleOf(records, 7, 'b')).not.toEqual(first);
    expect(first.map((record) => records.indexOf(record))).toEqual(
      first.map((record) => records.indexOf(record)).toSorted((a, b) => a - b),
    );
  });

  it('has every variant before any twice, and all records where there are no more', () => {
    const variants = (count: number): number =>
      new Set(sampleOf(records, count, 'a').map(({ plan }) => plan.variant)).size;
    expect([3, 6, 12].map(variants)).toEqual([3, 6, 6]);
    expect(sampleOf(records, 12, 'a').filter(({ plan }) => plan.variant === 'LoRA')).toHaveLength(2);
    expect(sampleOf(records, 1000, 'a')).toEqual(records);
  });
});

describe('the experiment file', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'script-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const of = (command: string): ReturnType<typeof scriptOf> => scriptOf(command, 'results/x');

  it('is read from the command', () => {
    const file = path.resolve('experiments/rank-sweep.ts');
    expect(of('npx adapterlab run experiments/rank-sweep.ts')).toEqual({ file, quick: false, seeds: null });
    expect(of('npx adapterlab run ./experiments/rank-sweep.ts --quick --seeds 4 --results my results')).toEqual({
      file,
      quick: true,
      seeds: 4,
    });
    expect(of('npx adapterlab start').file).toBe(path.resolve('experiments/start.ts'));
  });

  it.each(['runExperiment("tiny")', 'rm -rf /', 'npx adapterlab run', 'node evil.js; npx adapterlab run a.ts'])(
    'is none of %s',
    (command) => expect(() => of(command)).toThrow(RequestError),
  );

  it('is there, and in the folder that this is started in', () => {
    expect(() => of('npx adapterlab run experiments/none.ts')).toThrow('experiments/none.ts, which is not here');
    const outside = path.join(folder, 'evil.ts');
    writeFileSync(outside, 'throw new Error("executed");');
    expect(() => of(`npx adapterlab run ${outside}`)).toThrow('lies outside');
    expect(() => of(`npx adapterlab run ${path.relative('.', outside)}`)).toThrow('lies outside');
    const inside = mkdtempSync(path.resolve('test', 'link-'));
    try {
      symlinkSync(outside, path.join(inside, 'link.ts'));
      expect(() => of(`npx adapterlab run ${path.relative('.', inside)}/link.ts`)).toThrow('lies outside');
    } finally {
      rmSync(inside, { recursive: true });
    }
  });
});

describe('the rounding', () => {
  const anywhere: Environment = {
    engine: 'wasm',
    reason: 'best available',
    cpu: 'one',
    threads: 1,
    kernels: null,
    versions: { tfjs: '4.22.0', node: '20.0.0' },
    commit: null,
    platform: 'linux x64',
  };
  const native = { ...anywhere, engine: 'tensorflow', versions: { ...anywhere.versions, tensorflow: '2.19.0' } };

  it('is the same on one engine in one version, on any machine', () => {
    expect(
      roundingDiffers(anywhere, { ...anywhere, cpu: 'two', platform: 'darwin arm64', reason: 'asked for' }),
    ).toEqual([]);
    const { kernels: _, ...before } = anywhere;
    expect(roundingDiffers(before, anywhere)).toEqual([]);
    expect(roundingDiffers(anywhere, { ...anywhere, versions: { tfjs: '5' } })).toEqual([
      'TensorFlow.js: 4.22.0 there, 5 here',
    ]);
    expect(roundingDiffers(anywhere, native)).toContain('engine: wasm there, tensorflow here');
  });

  it.each([
    [{ cpu: 'two' }, 'cpu: one there, two here'],
    [{ threads: 2 }, 'threads: 1 there, 2 here'],
    [{ kernels: 'x86-64-v4' }, 'kernels: none there, x86-64-v4 here'],
    [{ versions: { ...native.versions, tensorflow: '3' } }, 'TensorFlow: 2.19.0 there, 3 here'],
  ])('is another on the native engine with %j', (change, why) => {
    expect(roundingDiffers(native, { ...native, ...change })).toEqual([why]);
  });
});
