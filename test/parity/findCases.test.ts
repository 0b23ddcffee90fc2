import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeSafetensors } from '../../src/checkpoint/writeSafetensors.ts';
import { RequestError } from '../../src/errors.ts';
import { findCases } from '../../src/parity/findCases.ts';
import { describeWithShared, shared } from '../shared.ts';
import { writeRun } from './syntheticRun.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'adapterlab-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const vector = { shape: [2], data: Float32Array.of(1, 2) };
const codes = { shape: [1], data: Uint8Array.of(3) };

describe('finding cases', () => {
  test('knows a run and a quantization vector by their files, whatever they are called', () => {
    writeRun(path.join(folder, 'a', 'nf4'));
    writeSafetensors(path.join(folder, 'b', 'llama.safetensors'), { input: vector, 'nf4.64.codes': codes });
    expect(findCases(folder)).toEqual([
      { kind: 'run', name: 'nf4', path: path.join(folder, 'a', 'nf4') },
      { kind: 'quantization', name: 'llama', path: path.join(folder, 'b', 'llama.safetensors') },
    ]);
  });

  test('takes the folder of one run for that run, and does not look inside it', () => {
    writeRun(folder);
    writeRun(path.join(folder, 'inner'));
    expect(findCases(`${folder}/`).map(({ name }) => name)).toEqual([path.basename(folder)]);
  });

  test('passes over what is no case: a case.json without train, tables, an adapter file', () => {
    writeRun(path.join(folder, 'run'));
    const model = path.join(folder, 'model');
    mkdirSync(model);
    for (const name of ['case.json', 'expected.json']) writeFileSync(path.join(model, name), '{"task":"causal-lm"}');
    writeSafetensors(path.join(model, 'batches.safetensors'), { input_ids: vector });
    writeSafetensors(path.join(folder, 'tables.safetensors'), { nf4: vector });
    writeSafetensors(path.join(folder, 'only-input.safetensors'), { input: vector });
    expect(findCases(folder).map(({ name }) => name)).toEqual(['run']);
  });

  test('takes what cannot be read for a case, but not the weights of a model', () => {
    writeRun(path.join(folder, 'run'));
    rmSync(path.join(folder, 'run', 'batches.safetensors'));
    writeFileSync(path.join(folder, 'vector.safetensors'), 'cut');
    const base = path.join(folder, 'base');
    mkdirSync(base);
    writeFileSync(path.join(base, 'config.json'), '{}');
    writeFileSync(path.join(base, 'model.safetensors'), 'cut');
    expect(findCases(folder).map(({ name }) => name)).toEqual(['run', 'vector']);
  });

  test('a folder that is missing, is a file or holds no case is a wrong request', () => {
    expect(() => findCases(path.join(folder, 'none'))).toThrow(RequestError);
    expect(() => findCases(path.join(folder, 'none'))).toThrow(/no such folder of cases: .*none/);
    expect(() => findCases(folder)).toThrow(/holds no case that parity knows/);
    writeFileSync(path.join(folder, 'file'), '');
    expect(() => findCases(path.join(folder, 'file'))).toThrow(RequestError);
    expect(() => findCases(path.join(folder, 'file'))).toThrow(/is a file; give the folder/);
  });
});

describeWithShared('the shared fixtures', () => {
  test('hold 62 runs and 15 quantization vectors; tables and bases are no cases', () => {
    const runs = findCases(shared('fixtures/runs'));
    expect(runs).toHaveLength(62);
    expect(runs.every(({ kind }) => kind === 'run')).toBe(true);
    const vectors = findCases(shared('fixtures/quantization'));
    expect(vectors).toHaveLength(15);
    expect(vectors.every(({ kind }) => kind === 'quantization')).toBe(true);
  });
});
