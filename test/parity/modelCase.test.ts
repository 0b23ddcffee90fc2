/** Tiny checkpoints against recorded outputs: all that are there, and what is said of one that is wrong. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openSafetensors } from '../../src/checkpoint/safetensors.ts';
import { type TensorToWrite, writeSafetensors } from '../../src/checkpoint/writeSafetensors.ts';
import { families } from '../../src/families/index.ts';
import { judged } from '../../src/parity/caseResult.ts';
import { compareModel } from '../../src/parity/modelCase.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { describeWithShared, shared } from '../shared.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

type Json = { [key: string]: unknown };
const readJson = (...parts: string[]): Json => JSON.parse(readFileSync(path.join(...parts), 'utf8')) as Json;

beforeAll(async () => void (await startEngine()));

describeWithShared('recorded models', () => {
  const models = shared('fixtures/models');
  const cases = readdirSync(models, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => [name, readJson(models, name, 'config.json').model_type as string] as const);

  test.each(cases.filter(([, type]) => type in families))('%s', (name) => {
    const deviations = compareModel(path.join(models, name));
    const isFeature = readJson(models, name, 'case.json').task === 'feature';
    expect(Object.keys(deviations)).toEqual(
      isFeature ? ['lastHiddenState', 'poolerOutput'] : ['logits', 'loss', 'loraLogits', 'loraLoss', 'loraGradients'],
    );
    expect(deviations).toSatisfy((all: typeof deviations) => judged(all) === 'passed');
  });

  test.each(cases.filter(([, type]) => !(type in families)).slice(0, 3))('%s is of no known family', (name) => {
    expect(() => compareModel(path.join(models, name))).toThrow(/unknown model_type .*; known are bert, gpt2, /);
  });

  describe('changed', () => {
    const folder = temporaryFolder();
    let copies = 0;

    const copy = (name: string): string => {
      const to = path.join(folder, `${name}-${copies++}`);
      cpSync(path.join(models, name), to, { recursive: true });
      return to;
    };
    const config = (at: string, changes: Json): void =>
      writeFileSync(path.join(at, 'config.json'), JSON.stringify({ ...readJson(at, 'config.json'), ...changes }));
    function rewrite(at: string, file: string, change: (tensors: { [key: string]: TensorToWrite }) => void): void {
      const opened = openSafetensors(path.join(at, file));
      const tensors = Object.fromEntries(
        [...opened.tensors.keys()].map((key) => [key, opened.readRaw(key) as TensorToWrite]),
      );
      opened.close();
      change(tensors);
      writeSafetensors(path.join(at, file), tensors);
    }

    test.each([
      ['mistral', { sliding_window: 64 }, 'logits'],
      ['qwen3', { rms_norm_eps: 1e-6 }, 'loraGradients'],
      ['bert-feature', { hidden_act: 'relu' }, 'poolerOutput'],
      ['gpt2', { activation_function: 'relu' }, 'loss'],
      ['llama-rope-llama3', { rope_theta: 400 }, 'loraLogits'],
      ['gpt_neox', { use_parallel_residual: false }, 'loraLoss'],
    ])('%s with %j is another model', (name, changes, what) => {
      const at = copy(name);
      config(at, changes);
      const { value, tolerance } = compareModel(at)[what]!;
      expect(value).toBeGreaterThan(10 * tolerance);
    });

    test('fewer layers than the weights have', () => {
      const at = copy('llama-gqa');
      config(at, { num_hidden_layers: 1 });
      expect(() => compareModel(at)).toThrow(
        /does not account for model\.layers\.1\.input_layernorm\.weight, .* and \d+ more, which the weights hold/,
      );
    });

    test('more layers than the weights have', () => {
      const at = copy('bert-seqcls');
      config(at, { num_hidden_layers: 7 });
      expect(() => compareModel(at)).toThrow(/the weights have no tensor bert\.encoder\.layer\.[23]\./);
    });

    test('a label that is none of the classes, and a token that is none', () => {
      const at = copy('roberta-seqcls');
      rewrite(at, 'expected.safetensors', (tensors) => {
        tensors.labels = { shape: [2], data: Int32Array.of(0, 99) };
      });
      expect(() => compareModel(at)).toThrow(
        /expected\.safetensors: labels: number 1 is 99, which is no label: they are 0 to/,
      );
      rewrite(at, 'expected.safetensors', (tensors) => {
        (tensors.input_ids!.data as Int32Array)[3] = -4;
      });
      expect(() => compareModel(at)).toThrow(/expected\.safetensors: input_ids: number 3 is -4, which is no token/);
    });

    test('a LoRA on a module that is not there', () => {
      const at = copy('gpt2');
      rewrite(at, 'lora_step.safetensors', (tensors) => {
        tensors['base_model.model.transformer.h.9.attn.c_attn.lora_A.weight'] = {
          shape: [1, 1],
          data: new Float32Array(1),
        };
      });
      expect(() => compareModel(at)).toThrow(
        /holds .*h\.9\.attn\.c_attn\.lora_A\.weight, which no site of the model takes/,
      );
    });

    test('a case.json without the rank of its LoRA', () => {
      const at = copy('gpt2');
      const { lora, ...rest } = readJson(at, 'case.json') as { lora: Json };
      writeFileSync(path.join(at, 'case.json'), JSON.stringify({ ...rest, lora: { ...lora, r: undefined } }));
      expect(() => compareModel(at)).toThrow(/case\.json: .*r/s);
    });

    test('a case.json without the LoRA of the step beside it', () => {
      const at = copy('gpt2');
      const { lora: _, ...rest } = readJson(at, 'case.json');
      writeFileSync(path.join(at, 'case.json'), JSON.stringify(rest));
      expect(() => compareModel(at)).toThrow(/case\.json: no lora, .*lora_step\.safetensors/);
    });

    test('a config.json that is no object', () => {
      const at = copy('gpt2');
      writeFileSync(path.join(at, 'config.json'), 'null');
      expect(() => compareModel(at)).toThrow(/config\.json: expected a JSON object, found null/);
    });
  });
});
