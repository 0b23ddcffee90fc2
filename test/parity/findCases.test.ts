import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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

  test('takes a link that leads nowhere, or round in a circle, for a case that cannot be read', () => {
    writeRun(path.join(folder, 'run'));
    symlinkSync(path.join(folder, 'gone.safetensors'), path.join(folder, 'nowhere.safetensors'));
    symlinkSync(path.join(folder, 'circle.safetensors'), path.join(folder, 'circle.safetensors'));
    expect(findCases(folder).map(({ name }) => name)).toEqual(['circle', 'nowhere', 'run']);
  });

  const files = (where: string, contents: { readonly [name: string]: object | string }): void => {
    mkdirSync(path.join(folder, where), { recursive: true });
    for (const [name, content] of Object.entries(contents))
      writeFileSync(path.join(folder, where, name), typeof content === 'string' ? content : JSON.stringify(content));
  };
  const kindAt = (): string[] => findCases(folder).map(({ kind, name }) => `${kind} ${name}`);

  test('knows the other kinds by their files', () => {
    files('a', { 'case.json': { task: 'causal-lm' }, 'config.json': {}, 'expected.safetensors': '' });
    files('b', { 'trajectories.json': {}, 'schedules.json': {}, 'trajectories.safetensors': '' });
    files('c', { 'tokenizer.json': {}, 'expected.json': { vocab_size: 3, cases: [] } });
    files('d', { 'expected.json': { oneSample: [], paired: [], holm: [], correlation: [] } });
    files('e', { 'expected.json': { items: [], corpus: {}, classification: {} } });
    expect(kindAt()).toEqual(['model a', 'optimizer b', 'tokenizer c', 'statistics d', 'metrics e']);
  });

  test('takes broken ones for what they seem to be', () => {
    files('a', { 'case.json': '{', 'config.json': {}, 'expected.safetensors': '' });
    files('b', { 'schedules.json': '[', 'clipping.json': '' });
    files('c', { 'tokenizer.json': {}, 'expected.json': 'null' });
    files('d', { 'expected.json': { vocab_size: 3, cases: [] } });
    expect(kindAt()).toEqual(['model a', 'optimizer b', 'tokenizer c', 'tokenizer d']);
  });

  test('takes none of these for a case: a base, a tokenizer, lists of cases', () => {
    writeRun(path.join(folder, 'run'));
    files('base', { 'config.json': {}, 'model.safetensors': '', 'tokenizer.json': {} });
    files('other', { 'expected.json': { cases: [] }, 'schedules.json': {}, 'case.json': [] });
    files('.', { 'index.json': { task: 'causal-lm', train: {} } });
    expect(kindAt()).toEqual(['run run']);
  });

  test('finds a case once, however often it is reached', () => {
    writeRun(path.join(folder, 'a', 'x'));
    writeRun(path.join(folder, 'b', 'x'));
    const found = findCases(path.join(folder, 'b'), folder, `${folder}/a/x/`, path.join(folder, 'b', '..', 'a'));
    expect(found.map((one) => path.relative(folder, one.path))).toEqual(['b/x', 'a/x']);
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

  test('hold every kind, and each case is of one', () => {
    const counts: { [kind: string]: number } = {};
    for (const { kind } of findCases(shared('fixtures'))) counts[kind] = (counts[kind] ?? 0) + 1;
    expect(counts).toEqual({
      model: 74,
      run: 62,
      quantization: 15,
      optimizer: 1,
      tokenizer: 5,
      statistics: 1,
      metrics: 1,
    });
  });
});
