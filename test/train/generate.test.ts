import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../src/checkpoint/folder.ts';
import { loadTokenizer } from '../../src/checkpoint/tokenizer.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { loadBase } from '../../src/train/base.ts';
import { generate, type GenerateOptions, generateTokens } from '../../src/train/generate.ts';
import { createModel } from '../../src/train/model.ts';
import { describeWithShared, shared } from '../shared.ts';
import { tinyGpt2 } from '../tinyLlama.ts';

describeWithShared('models/stories260K-hf', () => {
  beforeAll(() => startEngine());
  const folder = shared('models/stories260K-hf');
  const tokenizer = loadTokenizer(folder);
  const { greedy } = (
    JSON.parse(readFileSync(shared('models/reference-vectors/llama2c-reference.json'), 'utf8')) as {
      stories260K: { greedy: { [prompt: string]: string } };
    }
  ).stories260K;

  it.each(Object.entries(greedy))('goes on from "%s" as llama2.c does', (prompt, expected) => {
    const base = loadBase(openCheckpoint(folder));
    const model = createModel(base, { seeds: [0], methodFor: () => null });
    const ids = tokenizer.encode(prompt);
    const text = tokenizer.decode([...ids, ...generate(model, ids, { maxTokens: 60, stop: 1 })]);
    const reference = expected.replace('\n<s>\n', '');
    expect(reference.startsWith(text) || text.startsWith(reference)).toBe(true);
    expect(text.length).toBeGreaterThan(prompt.length + 50);
    expect(() => generate(model, [], { maxTokens: 1 })).toThrow('no tokens');
    model.dispose();
    base.dispose();
  });
});

describe('decoding', () => {
  beforeAll(() => startEngine());
  const prompt = [3, 1, 4];

  function written(options: Partial<GenerateOptions>): number[] {
    const base = loadBase(tinyGpt2());
    const model = createModel(base, { seeds: [0], methodFor: () => null });
    const tokens = generate(model, prompt, { maxTokens: 12, ...options });
    model.dispose();
    base.dispose();
    return tokens;
  }

  it('draws the same with the same seed, and what greedy decoding writes where only one may be drawn', () => {
    const sampled = written({ sampling: { seed: 1 } });
    expect(sampled).toHaveLength(12);
    expect(written({ sampling: { seed: 1 } })).toEqual(sampled);
    expect(written({ sampling: { seed: 2 } })).not.toEqual(sampled);
    const greedy = written({});
    expect(greedy).not.toEqual(sampled);
    expect(written({ sampling: { seed: 1, topK: 1 } })).toEqual(greedy);
    expect(written({ sampling: { seed: 1, temperature: 1e-4 } })).toEqual(greedy);
  });

  it('ends before any token that stops it, and at the last position', () => {
    const sampled = written({ sampling: { seed: 1 } });
    const at = sampled.findIndex((token, i) => i > 0 && !sampled.slice(0, i).includes(token));
    for (const stop of [sampled[at]!, [99, sampled[at]!]])
      expect(written({ sampling: { seed: 1 }, stop })).toEqual(sampled.slice(0, at));
    expect(written({ maxTokens: 1000 })).toHaveLength(24 - prompt.length);
  });

  it('needs a position for the first new token', () => {
    const base = loadBase(tinyGpt2());
    const model = createModel(base, { seeds: [0], methodFor: () => null });
    const of = (length: number): number[] => generate(model, Array<number>(length).fill(1), { maxTokens: 5 });
    expect(of(23)).toHaveLength(1);
    expect(() => of(24)).toThrow(/the prompt has 24 tokens, the model takes at most 24 with the answer/);
    model.dispose();
    base.dispose();
  });

  it('gives each token as soon as it is known', () => {
    const base = loadBase(tinyGpt2());
    const model = createModel(base, { seeds: [0], methodFor: () => null });
    const tokens = generateTokens(model, prompt, { maxTokens: 3, sampling: { seed: 1 } });
    expect(tokens.next().done).toBe(false);
    expect([...tokens]).toHaveLength(2);
    model.dispose();
    base.dispose();
  });
});
