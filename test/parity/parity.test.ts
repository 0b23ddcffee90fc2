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

const checked = (only: readonly string[] | null = null) => parity([folder], activeEngine().engine, { only });
const one = (): CaseResult => checked().cases[0];

describe('declined, with the reason', () => {
  test.each([
    ['the task seq2seq-lm', { task: 'seq2seq-lm' }, {}],
    ['a base quantized to int4', { quantization: { type: 'int4', blockSize: 64, doubleQuant: false } }, {}],
    ['the peft_type PREFIX_TUNING', {}, { peft_type: 'PREFIX_TUNING' }],
    ['a start with init_lora_weights corda', {}, { init_lora_weights: 'corda' }],
    ['the option trainable_token_indices', {}, { trainable_token_indices: [4] }],
    ['the option layer_replication', {}, { layer_replication: [[0, 2]] }],
    ['the option ensure_weight_tying', {}, { ensure_weight_tying: true }],
  ])('%s', (reason, changes, config) => {
    writeRun(folder, changes, config);
    expect(checked()).toMatchObject({ passed: 0, failed: 0, declined: 1 });
    expect(one()).toMatchObject({ status: 'declined', deviations: {} });
    expect(one().reason).toContain(`${reason} is not there yet`);
  });

  test('optimizer lion', () => {
    const train = JSON.parse(readFileSync(path.join(writeRun(folder), 'case.json'), 'utf8')).train as object;
    rmSync(folder, { recursive: true });
    writeRun(folder, { train: { ...train, optimizer: 'lion' } });
    expect(one()).toMatchObject({ status: 'declined', reason: expect.stringMatching(/^the optimizer lion is/) });
  });

  test('a vector of a format that is not checked yet', () => {
    const input = { shape: [2], data: Float32Array.of(1, 2) };
    writeSafetensors(path.join(folder, 'x.safetensors'), { input, 'af4.64.codes': input });
    expect(one()).toMatchObject({ status: 'declined', reason: expect.stringMatching(/^the format af4 is/) });
  });

  test('a vector in blocks of another size', () => {
    const input = { shape: [2], data: Float32Array.of(1, 2) };
    writeSafetensors(path.join(folder, 'x.safetensors'), { input, 'nf4.96.codes': input });
    expect(one()).toMatchObject({
      status: 'declined',
      reason: expect.stringMatching(/^nf4\.96 is not in blocks of a known size/),
    });
  });

  test('an option that asks for nothing is no reason', () => {
    writeRun(folder, {}, { trainable_token_indices: null, layer_replication: [], ensure_weight_tying: false });
    expect(one().status).toBe('failed'); // for want of expected.safetensors
  });

  const rebased = (changes: object): void => {
    const file = path.join(folder, 'base', 'config.json');
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), ...changes }));
  };

  test.each([
    ['a family', { model_type: 'mamba' }, /unknown model_type "mamba"; known are/],
    ['a form of positions', { rope_scaling: { type: 'su' } }, /rope_scaling.type should be/],
  ])('%s that is not there', (_what, config, reason) => {
    writeRun(folder);
    rebased(config);
    expect(one()).toMatchObject({ status: 'declined', reason: expect.stringMatching(reason) });
  });
});

describe('failed', () => {
  test('a task that is not that of its base', () => {
    writeRun(folder, { task: 'sequence-classification' });
    expect(one()).toMatchObject({ status: 'failed', reason: expect.stringMatching(/its base is made for causal-lm/) });
  });

  test.each([
    ['bias', { bias: 'most' }, /bias should be none, all or lora_only, not most/],
    ['lora_bias beside DoRA', { lora_bias: true, use_dora: true }, /no bias of its own for B/],
    ['modules to save that are not there', { modules_to_save: ['score'] }, /no module of the model ends in score/],
    ['targets that are no regular expression', { target_modules: '(q_proj' }, /the target '\(q_proj' is not a regular/],
    ['a rank of zero', { r: 0 }, /rank must be a whole number of at least 1, not 0/],
  ])('%s', (_what, config, reason) => {
    writeRun(folder, {}, config);
    expect(one()).toMatchObject({ status: 'failed', reason: expect.stringMatching(reason) });
  });

  test('a run without adapter that trains what there is not', () => {
    writeRun(folder, { adapter: null, trainable: 'gain' });
    expect(one()).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/no tensor whose name ends in gain/),
    });
  });

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

  test.each(['batches.safetensors', 'expected.json', 'expected.safetensors', 'adapter_initial/adapter_config.json'])(
    'without %s, and it says so',
    (name) => {
      writeRun(folder);
      const probe = { shape: [1, 2], data: Int32Array.of(1, 2) };
      writeSafetensors(path.join(folder, 'expected.safetensors'), { input_ids: probe });
      rmSync(path.join(folder, name));
      expect(one()).toMatchObject({ status: 'failed', reason: expect.stringContaining(name) });
    },
  );

  test('a case.json that is no JSON, or lacks something: one line', () => {
    writeRun(folder, { base: undefined });
    expect(one()).toMatchObject({ status: 'failed', reason: expect.stringMatching(/^.*case\.json: .*base.*$/) });
    writeFileSync(path.join(folder, 'case.json'), '{"train":');
    expect(one()).toMatchObject({ status: 'failed', reason: expect.stringMatching(/case\.json is not JSON/) });
  });

  test('a vector that is cut off', () => {
    writeFileSync(path.join(folder, 'x.safetensors'), 'cut');
    expect(one()).toMatchObject({ name: 'x', kind: 'quantization', status: 'failed' });
  });

  test('one bad case does not stop the others', () => {
    const base = folder;
    writeRun(path.join(base, 'a'));
    rmSync(path.join(base, 'a', 'base', 'model.safetensors'));
    writeRun(path.join(base, 'b'), {}, { peft_type: 'PREFIX_TUNING' });
    const heard: string[] = [];
    const report = parity(
      [base],
      activeEngine().engine,
      {},
      {
        onStart: ({ name }, index, of) => heard.push(`${name} ${index + 1}/${of}`),
        onCase: ({ status }) => heard.push(status),
      },
    );
    expect(report).toMatchObject({ failed: 1, declined: 1 });
    expect(heard).toEqual(['a 1/2', 'failed', 'b 2/2', 'declined']);
  });
});

describe('--only', () => {
  beforeEach(() => {
    writeRun(path.join(folder, 'nf4'), {}, { peft_type: 'PREFIX_TUNING' });
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
    expect(() => checked([type])).toThrow(`no case is of ${type};`);
    expect(() => checked([type])).toThrow(/here there are int8, llama$/);
  });

  test('a kind that exists may be absent beside another, a kind that does not may not', () => {
    expect(checked(['llama', 'gpt2', 'nf4']).cases).toHaveLength(1);
    expect(() => checked(['llama', 'lama'])).toThrow(/no case is of lama;/);
    expect(() => checked([''])).toThrow(/no case is of \(nothing\);/);
  });

  test('a base that does not say what it is may be any', () => {
    writeFileSync(path.join(folder, 'nf4', 'base', 'config.json'), '{}');
    expect(checked(['llama']).cases).toMatchObject([{ name: 'nf4', status: 'failed' }]);
  });

  test('what cannot be read is not passed over, if it may be of that kind', () => {
    writeFileSync(path.join(folder, 'nf4', 'case.json'), '{');
    expect(checked(['llama']).cases).toMatchObject([{ name: 'nf4', status: 'failed' }]);
    writeFileSync(path.join(folder, 'cut.safetensors'), '{');
    expect(checked(['int8']).cases.map(({ name }) => name)).toEqual(['cut', 'llama']);
    expect(checked(['llama']).cases).toHaveLength(1);
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
