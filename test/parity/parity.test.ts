import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { writeSafetensors } from '../../src/checkpoint/writeSafetensors.ts';
import { RequestError } from '../../src/errors.ts';
import type { CaseResult } from '../../src/parity/caseResult.ts';
import { parity } from '../../src/parity/parity.ts';
import { activeEngine, startEngine } from '../../src/tensor/engine.ts';
import { describeWithShared, shared } from '../shared.ts';
import { writeRun } from './syntheticRun.ts';

beforeAll(() => startEngine());

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'adapterlab-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const checked = (only: readonly string[] | null = null) => parity([folder], activeEngine().engine, only);
const one = (): CaseResult => checked().cases[0];

describe('declined, with the reason', () => {
  test.each([
    ['task sequence-classification', { task: 'sequence-classification' }, {}],
    ['quantization fp4', { quantization: { type: 'fp4', blockSize: 64, doubleQuant: false } }, {}],
    ['trainable bias', { adapter: null, trainable: 'bias' }, {}],
    ['peft_type LOHA', {}, { peft_type: 'LOHA' }],
    ['init_lora_weights pissa', {}, { init_lora_weights: 'pissa' }],
    ['bias all', {}, { bias: 'all' }],
    ['lora_bias', {}, { lora_bias: true }],
    ['modules_to_save', {}, { modules_to_save: ['lm_head'] }],
  ])('%s', (reason, changes, config) => {
    writeRun(folder, changes, config);
    expect(checked()).toMatchObject({ passed: 0, failed: 0, declined: 1 });
    expect(one()).toMatchObject({ status: 'declined', reason, deviations: {} });
  });

  test('optimizer lora-fa', () => {
    const train = JSON.parse(readFileSync(path.join(writeRun(folder), 'case.json'), 'utf8')).train as object;
    rmSync(folder, { recursive: true });
    writeRun(folder, { train: { ...train, optimizer: 'lora-fa' } });
    expect(one()).toMatchObject({ status: 'declined', reason: 'optimizer lora-fa' });
  });

  test('a vector of a format that is not checked yet', () => {
    const input = { shape: [2], data: Float32Array.of(1, 2) };
    writeSafetensors(path.join(folder, 'x.safetensors'), { input, 'int8.codes': input });
    expect(one()).toMatchObject({ status: 'declined', reason: 'format int8' });
  });
});

describe('failed', () => {
  test('a target that the base does not have, and it says what there is', () => {
    writeRun(folder, {}, { target_modules: ['query_key_value'] });
    expect(one()).toMatchObject({ status: 'failed', reason: expect.stringMatching(/query_key_value.*q_proj/) });
  });

  test('a file that is cut off', () => {
    writeRun(folder);
    const file = path.join(folder, 'adapter_initial', 'adapter_model.safetensors');
    writeFileSync(file, readFileSync(file).subarray(0, 100));
    expect(one()).toMatchObject({ status: 'failed', reason: expect.stringContaining('adapter_model.safetensors') });
  });

  test('one bad case does not stop the others', () => {
    const base = folder;
    writeRun(path.join(base, 'a'));
    rmSync(path.join(base, 'a', 'base', 'model.safetensors'));
    writeRun(path.join(base, 'b'), {}, { peft_type: 'LOHA' });
    const heard: string[] = [];
    const report = parity([base], activeEngine().engine, null, ({ name }, index, of) =>
      heard.push(`${name} ${index + 1}/${of}`),
    );
    expect(report).toMatchObject({ failed: 1, declined: 1 });
    expect(heard).toEqual(['a 1/2', 'b 2/2']);
  });
});

describe('--only', () => {
  beforeEach(() => {
    writeRun(path.join(folder, 'nf4'), {}, { peft_type: 'LOHA' });
    const tensors = {
      input: { shape: [2], data: Float32Array.of(1, 2) },
      'int8.codes': { shape: [1], data: Uint8Array.of(3) },
    };
    writeSafetensors(path.join(folder, 'llama.safetensors'), tensors);
  });

  test('is a model type or a format, never the name of a case', () => {
    expect(checked(['llama']).cases.map(({ name }) => name)).toEqual(['nf4']);
    expect(checked(['int8']).cases.map(({ name }) => name)).toEqual(['llama']);
    expect(checked(['llama', 'int8']).cases).toHaveLength(2);
    expect(checked().cases).toHaveLength(2);
  });

  test.each(['nf4', 'Llama', 'llam', 'llama ', 'int'])("matches exactly: '%s' is none of them", (type) => {
    expect(() => checked([type])).toThrow(RequestError);
    expect(() => checked([type])).toThrow(type);
  });
});

describeWithShared('a recorded run that was tampered with', () => {
  const changed = (edit: (expected: { losses: number[]; gradNorm: number[] }) => void): CaseResult => {
    const from = shared('fixtures/runs/lora-llama');
    cpSync(from, path.join(folder, 'runs', 'case'), { recursive: true });
    cpSync(shared('fixtures/runs/bases/llama'), path.join(folder, 'bases', 'llama'), { recursive: true });
    const file = path.join(folder, 'runs', 'case', 'expected.json');
    const expected = JSON.parse(readFileSync(file, 'utf8')) as { losses: number[]; gradNorm: number[] };
    edit(expected);
    writeFileSync(file, JSON.stringify(expected));
    const caseFile = path.join(folder, 'runs', 'case', 'case.json');
    const run = JSON.parse(readFileSync(caseFile, 'utf8')) as object;
    writeFileSync(caseFile, JSON.stringify({ ...run, base: '../../bases/llama' }));
    return one();
  };

  test('fails by one loss of the last step, and says by how much', () => {
    const { status, deviations } = changed(({ losses }) => (losses[losses.length - 1] += 0.01));
    expect(status).toBe('failed');
    expect(deviations.losses.value).toBeCloseTo(0.01, 4);
  });

  test('fails by a gradient norm', () => {
    const { status, deviations } = changed(({ gradNorm }) => (gradNorm[3] *= 1.01));
    expect(status).toBe('failed');
    expect(deviations.gradNorm.value).toBeCloseTo(0.01, 3);
  });

  test('fails when a step is missing', () => {
    expect(changed(({ losses }) => losses.pop()).status).toBe('failed');
  });
});
