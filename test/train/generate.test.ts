import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { openCheckpoint } from '../../src/checkpoint/folder.ts';
import { loadTokenizer } from '../../src/checkpoint/tokenizer.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { loadBase } from '../../src/train/base.ts';
import { generate } from '../../src/train/generate.ts';
import { createModel } from '../../src/train/model.ts';
import { describeWithShared, shared } from '../shared.ts';

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
