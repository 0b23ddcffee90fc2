/** Checkpoints as they are found: without the prefix of the body, with more in them than is asked for, broken. */
import { beforeAll, describe, expect, test } from 'vitest';
import { RequestError } from '../../src/errors.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';
import { loadBase, type WeightSource } from '../../src/train/base.ts';
import { createModel } from '../../src/train/model.ts';
import { drawnBatch, drawnWeights, gpt2Config, llamaConfig } from '../adapters/smallModel.ts';

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
