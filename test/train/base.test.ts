/** Checkpoints as they are found: without the prefix of the body, with more in them than is asked for, broken. */
import { truncateSync } from 'node:fs';
import path from 'node:path';
import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../src/checkpoint/folder.ts';
import { RequestError } from '../../src/errors.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';
import { loadBase, type WeightSource } from '../../src/train/base.ts';
import { frozenTensor } from '../../src/train/frozenTensor.ts';
import { createModel } from '../../src/train/model.ts';
import { saveModel } from '../../src/train/saveModel.ts';
import { drawnBatch, drawnWeights, gpt2Config, llamaConfig } from '../adapters/smallModel.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { tinyGpt2, tinyLlama } from '../tinyLlama.ts';

beforeAll(() => startEngine());

function logits(source: WeightSource): Float32Array {
  const base = loadBase(source);
  const model = createModel(base, { seeds: [0], methodFor: () => null });
  const batch = drawnBatch(0);
  const made = model.logits(batch);
  const values = made.dataSync().slice() as Float32Array;
  release(made, batch);
  model.dispose();
  base.dispose();
  return values;
}

/** The same tensors under other names. */
function renamed(source: WeightSource, prefix: string): WeightSource {
  const asSaved = (name: string): string => (name.startsWith('lm_head') ? name : `${prefix}${name}`);
  return {
    ...source,
    names: () => source.names().map((name) => (name.startsWith(prefix) ? name.slice(prefix.length) : name)),
    has: (name) => !name.startsWith(prefix) && source.has(asSaved(name)),
    read(name) {
      if (name.startsWith(prefix)) throw new Error(`no tensor ${name}`);
      return source.read(asSaved(name));
    },
  };
}

describe.each([
  ['gpt2', gpt2Config, 'transformer.'],
  ['llama', llamaConfig, 'model.'],
  ['llama with a tied head', { ...llamaConfig, tie_word_embeddings: true }, 'model.'],
] as const)('%s', (_, config, prefix) => {
  const source = drawnWeights(config);

  test('saved without the prefix of the body, it is the same network', () => {
    expect(logits(renamed(source, prefix))).toEqual(logits(source));
  });

  test('a tensor of another shape than config.json says', () => {
    const read: WeightSource['read'] = (name) => {
      const found = source.read(name);
      return name.endsWith('1.ln_1.weight') || name.endsWith('1.input_layernorm.weight')
        ? { shape: [11], data: found.data.slice(1) }
        : found;
    };
    const load = (): unknown => loadBase({ ...source, read });
    expect(load).toThrow(RequestError);
    expect(load).toThrow(/the tensor \S+\.1\.\S+\.weight should have the shape \[12\] by config\.json, but has \[11\]/);
  });
});

describe.each([
  ['gpt2', tinyGpt2()],
  ['llama', tinyLlama()],
  ['llama with a tied head', tinyLlama({ tie_word_embeddings: true })],
  [
    'llama of one number in a row',
    tinyLlama({ intermediate_size: 1, num_key_value_heads: 1, head_dim: 2, vocab_size: 1 }),
  ],
] as const)('%s, from a folder', (_, source) => {
  const saved = (): string => {
    const folder = temporaryFolder();
    const base = loadBase(source);
    saveModel(base, folder);
    base.dispose();
    return folder;
  };

  test('every number is what the file has, though all are read into the same memory', () => {
    const checkpoint = openCheckpoint(saved());
    const before = tf.memory().numTensors;
    const base = loadBase(checkpoint);
    for (const { name, tensor } of base.sites) {
      const { shape, data } = frozenTensor(base, name);
      expect(shape).toEqual(source.read(tensor).shape);
      expect(Buffer.from(data.buffer).equals(Buffer.from(source.read(tensor).data.buffer)), tensor).toBe(true);
    }
    expect(base.bytes).toBe(4 * base.parameters);
    base.dispose();
    expect(tf.memory().numTensors).toBe(before);
    checkpoint.close();
  });

  test('weights that are cut off while they are read leave nothing behind', () => {
    const folder = saved();
    const checkpoint = openCheckpoint(folder);
    truncateSync(path.join(folder, 'model.safetensors'), 4000);
    const before = tf.memory().numTensors;
    expect(() => loadBase(checkpoint)).toThrow(RequestError);
    expect(() => loadBase(checkpoint)).toThrow(
      /model\.safetensors: cut off inside tensor \S+: expected \d+ bytes, found \d+/,
    );
    expect(tf.memory().numTensors).toBe(before);
    checkpoint.close();
  });

  test('the hash is asked for when it is needed', () => {
    let asked = 0;
    const base = loadBase({ ...source, hash: () => `${++asked}` });
    expect(asked).toBe(0);
    expect(base.hash()).toBe('1');
    base.dispose();
  });
});
