/** Writing a trained adapter and reading it: every registered method and the compositions of the contract. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { pissa } from '../../src/adapters/init/pissa.ts';
import { dora } from '../../src/adapters/methods/dora.ts';
import { ia3 } from '../../src/adapters/methods/ia3.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import type { Recipe } from '../../src/adapters/types.ts';
import { Unsupported } from '../../src/errors.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { loadAdapter, openAdapter, saveAdapter } from '../../src/train/adapterFolder.ts';
import type { Base } from '../../src/train/base.ts';
import { combineAdapters } from '../../src/train/combineAdapters.ts';
import { mergeAdapters } from '../../src/train/merge.ts';
import { loadAdapters } from '../../src/train/severalAdapters.ts';
import type { Model } from '../../src/train/model.ts';
import { untiedBase } from '../../src/train/untiedBase.ts';
import { train } from '../../src/train/trainer.ts';
import { staysStill, type Subject, subjects } from '../contract/subjects.ts';
import { baseLogits, baseOf, largestDifference, logitsOf, modelOf, probe, runOf } from '../contract/tinyRun.ts';
import { drawnBase, llamaConfig, movedModel, onTargets } from '../adapters/smallModel.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

beforeAll(() => startEngine());

/** What PEFT has no format for. */
const inexpressible = ['LoRA beside the factors of IA³', 'LoKr with a magnitude, through its norm'];

function trainedModel(subject: Subject, base: Base): Model {
  const lanes = [{ seed: 3, learningRate: 0.05 }];
  const model = modelOf(subject, base, [3]);
  const run = runOf(model, lanes);
  Array.from(train(run));
  run.dispose();
  return model;
}

const about = { base: 'tiny', steps: 4 };
const isWhole = ({ adapters }: Model): boolean => adapters.every(({ update }) => update.replaces);

describe.each(subjects.filter(({ name }) => !inexpressible.includes(name)))('$name', (subject) => {
  test('is read as it was written', () => {
    const base = baseOf(subject);
    const model = trainedModel(subject, base);
    const [first, second] = [temporaryFolder(), temporaryFolder()];
    const saved = saveAdapter(model, 0, first, about);
    expect(saved.format).toBe(isWhole(model) ? 'model' : 'peft');
    if (saved.format === 'model') return;
    const again = loadAdapter(base, first);
    const wanted = logitsOf(model);
    if (!staysStill(subject)) expect(largestDifference(wanted, baseLogits(base))).toBeGreaterThan(1e-3);
    expect(largestDifference(logitsOf(again), wanted)).toBeLessThan(2e-5);
    saveAdapter(again, 0, second, about);
    for (const file of ['adapter_model.safetensors', 'adapter_config.json'])
      expect(readFileSync(path.join(second, file)).equals(readFileSync(path.join(first, file))), file).toBe(true);
    const isTableWhole = model.adapters.some(({ site, update }) => site.kind === 'embedding' && update.replaces);
    if (isTableWhole) expect(() => loadAdapters(base, { it: first })).toThrow(Unsupported);
    else {
      const set = loadAdapters(base, { it: first });
      expect(largestDifference(logitsOf(set.model), wanted), 'one of several').toBeLessThan(2e-5);
      const alone = mergeAdapters(set.model, 0, probe(), 1e-3);
      alone.dispose();
      set.dispose();
    }
    const merged = mergeAdapters(again, 0, probe(), 1e-3);
    merged.dispose();
    for (const made of [model, again]) made.dispose();
    base.dispose();
  });
});

test.each(subjects.filter(({ name }) => inexpressible.includes(name)))('$name has no format in PEFT', (subject) => {
  const base = baseOf(subject);
  const model = trainedModel(subject, base);
  expect(() => saveAdapter(model, 0, temporaryFolder(), about)).toThrow(Unsupported);
});

describe('parts of a projection that lie head by head', () => {
  const config = {
    model_type: 'gpt_neox',
    vocab_size: 32,
    hidden_size: 16,
    intermediate_size: 24,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    max_position_embeddings: 24,
    rotary_pct: 0.5,
  };
  const targets = ['query_key_value:query', 'query_key_value:value'];

  test.each([
    ['LoRA', lora({ rank: 3 })],
    ['DoRA', dora({ rank: 3 })],
    ['a bias for B', lora({ rank: 3, upBias: true })],
    ['IA³', ia3()],
  ])('%s of queries and values is written for the whole projection', (_name, recipe) => {
    const base = drawnBase(config);
    const model = movedModel(base, onTargets(recipe, targets));
    const folder = temporaryFolder();
    const { trainedParameters } = saveAdapter(model, 0, folder, about);
    const again = loadAdapter(base, folder);
    expect(again.arena.count).toBeGreaterThan(trainedParameters);
    expect(largestDifference(logitsOf(again), logitsOf(model))).toBeLessThan(2e-5);
    expect(largestDifference(logitsOf(again), baseLogits(base))).toBeGreaterThan(1e-2);
  });
});

/** With every token of the probe. */
const wideConfig = { ...llamaConfig, vocab_size: 32 };

test('what rsLoRA started away from the kernel is written with √2 α', () => {
  const base = drawnBase(wideConfig);
  const recipe = lora({ rank: 2, alpha: 6, scaling: 'sqrtRank', init: pissa() });
  const model = movedModel(base, onTargets(recipe, ['q_proj', 'down_proj']));
  const folder = temporaryFolder();
  saveAdapter(model, 0, folder, about);
  const { configuration } = openAdapter(folder);
  expect(configuration).toMatchObject({ r: 4, use_rslora: true, init_lora_weights: true });
  expect(configuration.lora_alpha).toBeCloseTo(6 * Math.SQRT2, 12);
  expect(largestDifference(logitsOf(loadAdapter(base, folder)), logitsOf(model))).toBeLessThan(2e-5);
});

test('each lane is written by itself', () => {
  const base = drawnBase(wideConfig);
  const model = movedModel(base, onTargets(dora({ rank: 2 }), ['q_proj', 'embed_tokens']), [1, 2]);
  const both = logitsOf(model);
  [0, 1].forEach((lane) => {
    const folder = temporaryFolder();
    saveAdapter(model, lane, folder, about);
    const own = both.subarray((lane * both.length) / 2, ((lane + 1) * both.length) / 2);
    expect(largestDifference(logitsOf(loadAdapter(base, folder)), own), `lane ${lane}`).toBeLessThan(2e-5);
  });
});

test('an adapter on a shared head and another one go on one base', () => {
  const base = drawnBase({ ...wideConfig, tie_word_embeddings: true });
  const apart = untiedBase(base);
  const written = (recipe: Recipe, targets: string[], on: Base): string => {
    const folder = temporaryFolder();
    saveAdapter(movedModel(on, onTargets(recipe, targets)), 0, folder, about);
    return folder;
  };
  const [head, queries] = [
    written(lora({ rank: 2 }), ['lm_head'], apart),
    written(dora({ rank: 2 }), ['q_proj'], base),
  ];
  const set = loadAdapters(base, { queries, head });
  for (const [name, folder] of Object.entries({ head, queries })) {
    set.activate([name]);
    expect(largestDifference(logitsOf(set.model), logitsOf(loadAdapter(base, folder))), name).toBeLessThan(2e-5);
  }
  set.activate(['queries', 'head']);
  const merged = mergeAdapters(set.model, 0, probe(), 1e-3);
  expect(merged.largestLogitDifference).toBeLessThan(2e-5);
  const combined = combineAdapters(base, [{ adapter: head, weight: 0.5 }], { type: 'cat' });
  set.activate(['head']);
  set.setStrength('head', 0.5);
  expect(largestDifference(logitsOf(combined.model), logitsOf(set.model))).toBeLessThan(2e-5);
});
