/** One token at a time, with what a cache keeps of those before it, against the whole text at once. */
import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { methodOf } from '../../src/adapters/compose.ts';
import { type MethodFactory, methods } from '../../src/adapters/methods/index.ts';
import { storages } from '../../src/adapters/storage/index.ts';
import type { SiteKind } from '../../src/adapters/types.ts';
import { keyValueCache } from '../../src/blocks/keyValueCache.ts';
import { architectureOf } from '../../src/families/index.ts';
import { taskOf } from '../../src/families/architecture.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';
import { generate, generateTokens } from '../../src/train/generate.ts';
import { createModel, type Model } from '../../src/train/model.ts';
import { drawnBase, llamaConfig, movedModel } from '../adapters/smallModel.ts';
import { tinyNetworks } from '../families/tinyNetworks.ts';

beforeAll(() => startEngine());

const text = Array.from({ length: 12 }, (_, i) => (5 * i * i + 3 * i + 1) % 19);

/** Logits after each of a text's tokens, all at once. */
function wholeLogits(model: Model, tokens: readonly number[]): number[][] {
  const ids = Int32Array.from(tokens);
  const batch = model.batch({ ids, labels: ids, length: ids.length });
  const logits = model.logits(batch);
  const rows = logits.arraySync();
  release(batch, logits);
  return rows;
}

/** Logits after the prompt and after each token that follows it. */
function nextLogits(model: Model, tokens: readonly number[], prompt: number): number[][] {
  const cache = keyValueCache();
  const rows: number[][] = [];
  for (let end = prompt; end <= tokens.length; end++) {
    const logits = model.next(tokens.slice(cache.length, end), cache);
    rows.push(logits.arraySync()[0]!);
    release(logits);
  }
  cache.clear();
  return rows;
}

/** As many likeliest tokens as are asked for, by the whole text for each. */
function wholeText(model: Model, prompt: readonly number[], count: number): number[] {
  const tokens = [...prompt];
  for (let i = 0; i < count; i++) {
    const row = wholeLogits(model, tokens).at(-1)!;
    tokens.push(row.indexOf(Math.max(...row)));
  }
  return tokens.slice(prompt.length);
}

/** Sums in another order: 2e-6 of the largest logit. */
function expectClose(found: number[][], expected: number[][]): void {
  const largest = Math.max(...expected.flat().map(Math.abs));
  expect(found).toHaveLength(expected.length);
  found.forEach((row, i) =>
    row.forEach((value, j) => expect(Math.abs(value - expected[i]![j]!)).toBeLessThan(2e-6 * Math.max(1, largest))),
  );
}

function expectSame(model: Model): void {
  const whole = wholeLogits(model, text);
  for (const prompt of [1, 5]) expectClose(nextLogits(model, text, prompt), whole.slice(prompt - 1));
  expect(generate(model, text.slice(0, 3), { maxTokens: 9 })).toEqual(wholeText(model, text.slice(0, 3), 9));
}

const mistral = tinyNetworks['mistral with a window']!;
const longrope = (positions: number): object => ({
  rope_type: 'longrope',
  short_factor: [1, 1.5],
  long_factor: [2, 5],
  original_max_position_embeddings: positions,
});
const networks: { readonly [what: string]: object } = {
  ...Object.fromEntries(
    Object.entries(tinyNetworks).filter(([, config]) => taskOf(architectureOf(config)) === 'causal-lm'),
  ),
  'mistral with a window longer than the text': { ...mistral, sliding_window: 20 },
  'mistral with a window of the text': { ...mistral, sliding_window: text.length },
  'mistral with a window of the token itself': { ...mistral, sliding_window: 1 },
  'llama with one key for all heads': llamaConfig,
  ...Object.fromEntries(
    ['linear', 'dynamic', 'yarn'].map((type) => [
      `llama, ${type} positions`,
      {
        ...llamaConfig,
        max_position_embeddings: 16,
        rope_scaling: { rope_type: type, factor: 2, original_max_position_embeddings: 8 },
      },
    ]),
  ),
  'llama, longrope within the first positions': {
    ...llamaConfig,
    rope_scaling: longrope(16),
    max_position_embeddings: 32,
  },
};

const plain = (config: object): Model => createModel(drawnBase(config), { seeds: [0], methodFor: () => null });
function disposed(model: Model): void {
  model.dispose();
  model.base.dispose();
}

describe('one token after the other says what the whole text says', () => {
  test.each(Object.entries(networks))('%s', (_what, config) => {
    const model = plain(config);
    expectSame(model);
    disposed(model);
  });

  test.each(Object.entries(methods))('with %s wherever it goes', (_name, factory: MethodFactory) => {
    const method = methodOf(factory({ rank: 2 }));
    const goesOn = (kind: SiteKind): boolean =>
      [method.update, method.rescale].every(({ sites }) => sites.includes(kind));
    const model = movedModel(drawnBase(llamaConfig, method.storage), (_site, kind) => (goesOn(kind) ? method : null));
    expectSame(model);
    disposed(model);
  });

  test.each(Object.entries(storages))('of a base held in %s', (_name, storage) => {
    const model = createModel(drawnBase(llamaConfig, storage()), { seeds: [0], methodFor: () => null });
    expectSame(model);
    disposed(model);
  });

  test.each([
    ['a long text', null],
    ['a long window', 100],
  ])('over %s', (_what, window) => {
    const model = plain({ ...mistral, sliding_window: window, max_position_embeddings: 200 });
    const long = Array.from({ length: 140 }, (_, i) => (5 * i * i + 3 * i + 1) % 19);
    const whole = wholeLogits(model, long);
    for (const prompt of [1, 63, 64, 65, 100, 128])
      expectClose(nextLogits(model, long, prompt), whole.slice(prompt - 1));
    disposed(model);
  });

  test('where positions turn otherwise from some length on', () => {
    const model = plain({ ...llamaConfig, rope_scaling: longrope(8), max_position_embeddings: 32 });
    const prompt = text.slice(0, 3);
    expect(generate(model, prompt, { maxTokens: 12 })).toEqual(wholeText(model, prompt, 12));
    disposed(model);
  });

  test('up to the last position', () => {
    const model = plain(tinyNetworks['gpt2, scores by layer']!);
    const prompt = text.slice(0, 3);
    expect(generate(model, prompt, { maxTokens: 99 })).toEqual(wholeText(model, prompt, 13));
    disposed(model);
  });
});

describe('what a cache holds', () => {
  const model = (): Model => plain(mistral);

  test('is freed at the end, where a token stops it, where it is left, and where it fails', () => {
    const the = model();
    const [first] = generate(the, text, { maxTokens: 1 });
    const before = tf.memory().numTensors;
    expect(generate(the, text, { maxTokens: 5 })).toHaveLength(5);
    expect(generate(the, text, { maxTokens: 5, stop: first! })).toEqual([]);
    const left = generateTokens(the, text, { maxTokens: 5 });
    expect(left.next().value).toBe(first);
    expect(tf.memory().numTensors).toBeGreaterThan(before);
    left.return(undefined);
    expect(() => generate(the, text, { maxTokens: 5, sampling: { seed: 1, topP: 2 } })).toThrow('top-p');
    expect(() => generate(the, [...text, 19], { maxTokens: 5 })).toThrow('token 19');
    expect(tf.memory().numTensors).toBe(before);
    disposed(the);
  });

  test('does not grow beyond a window', () => {
    const bytesOf = (config: object, positions: number): number => {
      const the = plain(config);
      const cache = keyValueCache();
      const before = tf.memory().numBytes;
      for (let i = 0; i < positions; i++) release(the.next([i % 19], cache));
      const bytes = tf.memory().numBytes - before;
      cache.clear();
      disposed(the);
      return bytes;
    };
    expect(bytesOf(mistral, 12)).toBe(bytesOf(mistral, 1));
    const far = { ...mistral, sliding_window: null, max_position_embeddings: 99 };
    expect(bytesOf(far, 65)).toBeGreaterThan(bytesOf(far, 64));
  });

  test('is a whole text, and then one token at a time', () => {
    const the = model();
    const cache = keyValueCache();
    release(the.next(text, cache));
    expect(cache.length).toBe(text.length);
    expect(() => the.next([1, 2], cache)).toThrow('one token goes on with a text that a cache holds, not 2');
    cache.clear();
    expect(cache.length).toBe(0);
    disposed(the);
  });
});
