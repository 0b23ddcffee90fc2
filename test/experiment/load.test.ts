import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadExperiment } from '../../src/experiment/load.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'load-'));
const tiny = JSON.stringify(pathToFileURL(path.resolve('test/experiment/tinyExperiment.ts')).href);
beforeAll(() => void vi.stubEnv('TINY_FOLDER', folder));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** A file that exports the small experiment, in a package of that kind. */
function file(name: string, type: 'module' | 'commonjs' | null): string {
  const place = path.join(folder, String(type));
  mkdirSync(place, { recursive: true });
  writeFileSync(path.join(place, 'package.json'), JSON.stringify(type === null ? {} : { type }));
  const full = path.join(place, name);
  writeFileSync(full, `import tiny from ${tiny};\nconst same: typeof tiny = tiny;\nexport default same;\n`);
  return full;
}

describe('an experiment file', () => {
  it.each(['module', 'commonjs', null] as const)('is read as it stands, in a package of type %s', async (type) => {
    const { experiment, name } = await loadExperiment(file('my.experiment.ts', type), { quick: false, seeds: null });
    expect(name).toBe('my.experiment');
    expect(experiment.variants.map((variant) => variant.name)).toEqual(['LoRA', 'AdaLoRA', 'full']);
  });

  it('has a small version with a name of its own', async () => {
    const { experiment, name } = await loadExperiment(file('e.ts', 'module'), { quick: true, seeds: null });
    expect(name).toBe('e-quick');
    expect(experiment.train.steps).toBe(4);
  });

  it('is given fewer seeds, or more, without losing its own', async () => {
    const seeds = async (count: number): Promise<readonly number[]> =>
      (await loadExperiment(file('e.ts', 'module'), { quick: false, seeds: count })).experiment.seeds;
    expect(await seeds(1)).toEqual([0]);
    expect(await seeds(4)).toEqual([0, 1, 2, 3]);
  });

  it('that imports another copy of the package is refused, for its parts are not those that run', async () => {
    const other = path.join(folder, 'module', 'other.ts');
    file('other.ts', 'module');
    const made = "Object.assign(tiny, { [Symbol.for('adapterlab.experiment')]: '/elsewhere/' })";
    writeFileSync(other, `import tiny from ${tiny};\nexport default ${made};\n`);
    await expect(loadExperiment(other, { quick: false, seeds: null })).rejects.toThrow(
      'the copy of adapterlab in /elsewhere/',
    );
  });
});
