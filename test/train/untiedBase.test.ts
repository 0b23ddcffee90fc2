/** An adapter on one of an embedding and a head that share a table. */
import { beforeAll, describe, expect, test } from 'vitest';
import { methodOf } from '../../src/adapters/compose.ts';
import { dora } from '../../src/adapters/methods/dora.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import { onTargets } from '../../src/adapters/placement.ts';
import type { Targets } from '../../src/adapters/targets.ts';
import type { Recipe } from '../../src/adapters/types.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';
import type { Base } from '../../src/train/base.ts';
import { mergeAdapters } from '../../src/train/merge.ts';
import { createModel, type Model } from '../../src/train/model.ts';
import { baseForTargets, untiedBase } from '../../src/train/untiedBase.ts';
import { drawnBase, drawnBatch, gpt2Config, llamaConfig, movedModel } from '../adapters/smallModel.ts';

beforeAll(() => startEngine());

const tiedLlama = { ...llamaConfig, tie_word_embeddings: true };
const logitsOf = (model: Model): Float32Array => {
  const batch = drawnBatch(0);
  const logits = model.logits(batch);
  const values = logits.dataSync<'float32'>().slice();
  release(logits, batch);
  return values;
};
const plain = (base: Base): Model => createModel(base, { seeds: [0], methodFor: () => null });

describe('an untied base', () => {
  test.each([
    ['llama', tiedLlama, 'lm_head'],
    ['gpt2', gpt2Config, 'lm_head'],
  ])('of a %s says the same, has a head of its own, and frees nothing', (_name, config, head) => {
    const base = drawnBase(config);
    const own = untiedBase(base);
    expect(own.architecture.tied).toBe(false);
    expect(own.sites.map(({ name }) => name)).toEqual([...base.sites.map(({ name }) => name), head]);
    expect(own.parameters - base.parameters).toBe(23 * 12);
    expect(logitsOf(plain(own))).toEqual(logitsOf(plain(base)));
    own.dispose();
    expect(logitsOf(plain(base))).toEqual(logitsOf(plain(own)));
    base.dispose();
  });

  test('is the base itself where nothing is shared', () => {
    const base = drawnBase(llamaConfig);
    expect(untiedBase(base)).toBe(base);
    base.dispose();
  });
});

describe('what is put on which base', () => {
  test.each<[Targets, boolean]>([
    [{ targets: ['q_proj', 'lm_head'] }, true],
    [{ targets: '.*head' }, true],
    [{ targets: ['q_proj'], whole: ['lm_head'] }, true],
    [{ targets: ['q_proj'], whole: ['embed_tokens'] }, true],
    [{ targets: ['embed_tokens'] }, false],
    [{ targets: 'all-linear' }, false],
    [{ targets: 'all' }, false],
    [{ targets: ['q_proj'], whole: ['norm'] }, false],
  ])('%j unties: %j', (targets, unties) => {
    const base = drawnBase(tiedLlama);
    expect(baseForTargets(base, targets).architecture.tied).toBe(!unties);
    base.dispose();
  });
});

describe.each<[string, Recipe, Targets]>([
  ['LoRA on the head', lora({ rank: 2 }), { targets: ['lm_head'] }],
  ['DoRA on both', dora({ rank: 2 }), { targets: ['lm_head', 'embed_tokens'] }],
  ['a whole embedding', lora({ rank: 2 }), { targets: ['q_proj'], whole: ['embed_tokens'] }],
  ['a whole head', lora({ rank: 2 }), { targets: ['q_proj'], whole: ['lm_head'] }],
])('%s', (_name, recipe, targets) => {
  test('merges into a network with a head of its own, and leaves the shared table as it was', () => {
    const base = drawnBase(tiedLlama);
    const before = logitsOf(plain(base));
    const own = baseForTargets(base, targets);
    const model = movedModel(own, onTargets(methodOf(recipe), own.sites, targets));
    const merged = mergeAdapters(model, 0, drawnBatch(0), 1e-4);
    expect(merged.base.architecture.tied).toBe(false);
    expect(logitsOf(merged.model)).not.toEqual(before);
    merged.dispose();
    expect(logitsOf(plain(base))).toEqual(before);
    model.dispose();
    base.dispose();
  });
});
