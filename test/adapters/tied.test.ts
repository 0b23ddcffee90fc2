/** An embedding that shares its table with the head: what happens to the head when the embedding is adapted. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { methodOf } from '../../src/adapters/compose.ts';
import { full } from '../../src/adapters/methods/full.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import type { Recipe } from '../../src/adapters/types.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';
import { stream } from '../../src/tensor/random.ts';
import { type Base, loadBase, type WeightSource } from '../../src/train/base.ts';
import { mergeAdapters } from '../../src/train/merge.ts';
import { createModel, type Model } from '../../src/train/model.ts';
import { expectNear } from '../blocks/blockContract.ts';
import { baseLogits, logitsOf, probe } from '../contract/tinyRun.ts';
import { tinyLlama } from '../tinyLlama.ts';

const table = 'model.embed_tokens.weight';
const shape = [32, 16];
const source = tinyLlama({ tie_word_embeddings: true });
let base: Base;
beforeAll(async () => {
  await startEngine();
  base = loadBase(source);
});
afterAll(() => base.dispose());

/** The recipe on the embedding alone, with drawn numbers. */
function adapted(recipe: Recipe): { model: Model; changed: Float32Array } {
  const method = methodOf(recipe);
  const model = createModel(base, { seeds: [1], methodFor: (name) => (name === 'model.embed_tokens' ? method : null) });
  model.arena.load(stream(2, 'tied').fillNormal(new Float32Array(model.arena.count), 0.7));
  const merged = model.adapters[0].merged(0);
  const changed = merged.dataSync<'float32'>().slice();
  release(merged);
  return { model, changed };
}

/** Logits of an untied network with these tables and the other weights of the tied one. */
function untiedLogits(embedding: Float32Array, head: Float32Array): Float32Array {
  const own: WeightSource = {
    ...source,
    config: { ...source.config, tie_word_embeddings: false },
    read: (tensor) => {
      if (tensor === table) return { shape, data: embedding };
      return tensor === 'lm_head.weight' ? { shape, data: head } : source.read(tensor);
    },
  };
  const untied = loadBase(own);
  const logits = baseLogits(untied);
  untied.dispose();
  return logits;
}

describe.each([
  ['a low-rank update is the embedding’s alone: the head keeps the base’s table', lora({ rank: 3 }), false],
  ['a table that trains whole is shared: the head has it too', full(), true],
] as const)('%s', (_name, recipe, shared) => {
  test('in the logits', () => {
    const { model, changed } = adapted(recipe);
    const head = shared ? changed : source.read(table).data;
    const wanted = untiedLogits(changed, head);
    expectNear(logitsOf(model), wanted, 1e-5, 'logits');
    const other = untiedLogits(changed, shared ? source.read(table).data : changed);
    expect(Math.max(...wanted.map((value, i) => Math.abs(value - other[i])))).toBeGreaterThan(0.1);
    model.dispose();
  });

  test('merged, where both tables are of their own', () => {
    const { model, changed } = adapted(recipe);
    const batch = probe();
    const merged = mergeAdapters(model, 0, batch, 1e-4);
    const head = shared ? changed : source.read(table).data;
    expectNear(logitsOf(merged.model), untiedLogits(changed, head), 1e-5, 'merged logits');
    merged.dispose();
    release(batch);
    model.dispose();
  });
});
