import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { startEngine } from '../../src/tensor/engine.ts';
import { loadBase } from '../../src/train/base.ts';
import { saveModel } from '../../src/train/saveModel.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { tinyLlama } from '../tinyLlama.ts';

beforeAll(() => startEngine());

it.each([{ torch_dtype: 'bfloat16' }, { dtype: 'float16' }, {}])(
  'the type that a config names (%j) is what is written',
  (named) => {
    const folder = temporaryFolder();
    const base = loadBase(tinyLlama(named));
    saveModel(base, folder);
    const written = JSON.parse(readFileSync(path.join(folder, 'config.json'), 'utf8')) as object;
    const expected = Object.fromEntries(Object.keys(named).map((key) => [key, 'float32']));
    expect(written).toEqual({ ...base.config, ...expected });
    base.dispose();
  },
);
