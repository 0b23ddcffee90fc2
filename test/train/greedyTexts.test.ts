/** Many texts of all lanes together, against each alone. */
import { beforeAll, describe, expect, test } from 'vitest';
import { bothNormal } from '../../src/adapters/init/arms.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import { dora } from '../../src/adapters/methods/dora.ts';
import { RequestError } from '../../src/errors.ts';
import { architectureOf } from '../../src/families/index.ts';
import { taskOf } from '../../src/families/architecture.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { generate } from '../../src/train/generate.ts';
import { greedyTexts, greedyTokens } from '../../src/train/greedyTexts.ts';
import type { Model } from '../../src/train/model.ts';
import { drawnBase, gpt2Config, llamaConfig, movedModel, onTargets } from '../adapters/smallModel.ts';
import { tinyNetworks } from '../families/tinyNetworks.ts';

beforeAll(() => startEngine());

const prompts = [[3, 1, 4, 1, 5], [9, 2], [6, 5, 3, 5, 8, 9, 7], [2, 7], [18]];
const seeds = [1, 2, 3];
const recipe = lora({ rank: 2, init: bothNormal({ sigma: 1 }) });

function disposed(...all: readonly Model[]): void {
  for (const model of all) {
    model.dispose();
    model.base.dispose();
  }
}

/** A model of all lanes and one of each lane alone. */
function lanesOf(config: object, given = recipe): { all: Model; alone: Model[] } {
  const targets = onTargets(given, 'all-linear');
  const at = (of: readonly number[]): Model => movedModel(drawnBase(config), targets, of);
  return { all: at(seeds), alone: seeds.map((seed) => at([seed])) };
}

const networks = Object.entries({ ...tinyNetworks, llama: llamaConfig, gpt2: gpt2Config }).filter(
  ([, config]) => taskOf(architectureOf(config)) === 'causal-lm',
);

describe('every lane writes after every prompt what it writes alone', () => {
  test.each(networks)('%s', async (_name, config) => {
    const { all, alone } = lanesOf(config);
    const texts = await greedyTexts(all, prompts, { tokens: 6, stop: null });
    expect(texts).toEqual(alone.map((model) => prompts.map((prompt) => generate(model, prompt, { maxTokens: 6 }))));
    expect(new Set(texts.map(String)).size).toBe(3);
    disposed(all, ...alone);
  });

  test('whatever is adapted how', async () => {
    const { all, alone } = lanesOf(llamaConfig, dora({ rank: 2 }));
    const texts = await greedyTexts(all, prompts, { tokens: 4, stop: null });
    expect(texts).toEqual(alone.map((model) => prompts.map((prompt) => generate(model, prompt, { maxTokens: 4 }))));
    disposed(all, ...alone);
  });

  test('positions that turn otherwise in long texts', async () => {
    const scaling = { rope_type: 'dynamic', factor: 2, original_max_position_embeddings: 8 };
    const { all, alone } = lanesOf({ ...llamaConfig, max_position_embeddings: 16, rope_scaling: scaling });
    const texts = await greedyTexts(all, prompts, { tokens: 20, stop: null });
    expect(texts).toEqual(alone.map((model) => prompts.map((prompt) => generate(model, prompt, { maxTokens: 20 }))));
    disposed(all, ...alone);
  });
});

describe('a text ends', () => {
  const model = (): Model => movedModel(drawnBase(gpt2Config), onTargets(recipe, 'all-linear'), [1, 2]);

  test('before the token that stops it, each by itself', async () => {
    const the = model();
    const free = await greedyTexts(the, prompts, { tokens: 6, stop: null });
    const stop = free[0]![0]![2]!;
    const until = (text: number[]): number[] => (text.includes(stop) ? text.slice(0, text.indexOf(stop)) : text);
    expect(await greedyTexts(the, prompts, { tokens: 6, stop })).toEqual(free.map((texts) => texts.map(until)));
    disposed(the);
  });

  test("at the model's last position", async () => {
    const the = model();
    const texts = await greedyTexts(the, prompts, { tokens: 100, stop: null });
    expect(texts[0]!.map(({ length }) => length)).toEqual(prompts.map(({ length }) => 16 - length));
    const long = Array<number>(16).fill(1);
    await expect(greedyTexts(the, [[1], long], { tokens: 1, stop: null })).rejects.toThrow(RequestError);
    await expect(greedyTexts(the, [long], { tokens: 1, stop: null })).rejects.toThrow('it needs 1 to 15');
    disposed(the);
  });
});

test('what is heard between adds up to what was announced, whether texts end early or not', async () => {
  const the = movedModel(drawnBase(gpt2Config), onTargets(recipe, 'all-linear'), [1, 2]);
  const all = await greedyTexts(the, prompts, { tokens: 4, stop: null });
  for (const stop of [null, all[0]![0]![0]!]) {
    const heard: number[] = [];
    await greedyTexts(the, prompts, { tokens: 4, stop }, (tokens) => heard.push(tokens));
    expect(heard.reduce((sum, tokens) => sum + tokens, 0)).toBe(greedyTokens(prompts, 4));
    expect(Math.min(...heard)).toBeGreaterThanOrEqual(0);
  }
  const enough = greedyTexts(the, prompts, { tokens: 4, stop: null }, () => {
    throw new Error('enough');
  });
  await expect(enough).rejects.toThrow('enough');
  expect(await greedyTexts(the, [], { tokens: 4, stop: null })).toEqual([[], []]);
  disposed(the);
});
