/** A disk that fills up while records are written: the file system's error, and nothing half-written. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { defineExperiment } from '../../src/experiment/define.ts';
import { runExperiment } from '../../src/experiment/runner.ts';
import { readStore } from '../../src/results/store.ts';
import { writeTinyBase } from './tinyBase.ts';
import { tinyOptions } from './tinyOptions.ts';

/** Files whose path holds this do not fit: half of them is written. */
const disk = vi.hoisted(() => ({ isFullFor: null as string | null }));

vi.mock(import('node:fs'), async (original) => {
  const real = await original();
  const full = (): never => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
  };
  const fits = (file: unknown): boolean => disk.isFullFor === null || !String(file).includes(disk.isFullFor);
  const names = new Map<number, string>();
  const openSync: typeof real.openSync = (file, ...rest) => {
    const descriptor = real.openSync(file, ...rest);
    names.set(descriptor, String(file));
    return descriptor;
  };
  const writeSync = ((descriptor: number, bytes: Uint8Array) => {
    if (fits(names.get(descriptor))) return real.writeSync(descriptor, bytes);
    real.writeSync(descriptor, bytes.subarray(0, 100));
    return full();
  }) as typeof real.writeSync;
  const writeFileSync: typeof real.writeFileSync = (file, data, options) => {
    if (fits(file)) return real.writeFileSync(file, data, options);
    real.writeFileSync(file, (data as string).slice(0, 100), options);
    return full();
  };
  return { ...real, openSync, writeSync, writeFileSync };
});

const folder = fs.mkdtempSync(path.join(tmpdir(), 'full-disk-'));
beforeAll(() => void writeTinyBase(path.join(folder, 'base')));
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** Every file below a folder. */
const files = (below: string): string[] =>
  fs.existsSync(below)
    ? (fs.readdirSync(below, { recursive: true }) as string[]).filter((name) => /\./.test(name))
    : [];

describe('a full disk', () => {
  const experiment = (): ReturnType<typeof defineExperiment> =>
    defineExperiment({ ...tinyOptions(folder, 2), seeds: 1, variants: { LoRA: tinyOptions(folder).variants.LoRA! } });
  const run = (): Promise<unknown> => runExperiment(experiment(), { name: 'disk', results: folder });

  it.each([
    ['lock', []],
    ['plan.json', []],
    [`${path.sep}runs${path.sep}`, ['plan.json']],
  ])('ends the work at %s, and leaves whole files only', async (place, left) => {
    disk.isFullFor = `${path.join(folder, 'disk')}${place.startsWith(path.sep) ? '' : path.sep}${place}`;
    await expect(run()).rejects.toThrow('ENOSPC');
    expect(files(path.join(folder, 'disk'))).toEqual(left);
    expect(fs.existsSync(path.join(folder, 'disk', 'lock'))).toBe(false);
  });

  it('does no harm to what is done when there is room again', async () => {
    disk.isFullFor = null;
    await run();
    expect(
      readStore(path.join(folder, 'disk'))
        .read()
        .map(({ status }) => status),
    ).toEqual(['finished', 'finished']);
  });
});
