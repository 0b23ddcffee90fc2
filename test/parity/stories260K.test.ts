/** A pretrained Llama against llama2.c's own numbers, printed with four decimals. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tokenBatch } from '../../src/blocks/tokenBatch.ts';
import { openCheckpoint } from '../../src/checkpoint/folder.ts';
import { loadTokenizer } from '../../src/checkpoint/tokenizer.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';
import { type Base, loadBase } from '../../src/train/base.ts';
import { createModel, type Model, noMask } from '../../src/train/model.ts';
import { describeWithShared, shared } from '../shared.ts';

interface Reference {
  readonly tokenize: { readonly [text: string]: number[] };
  readonly logits_after: {
    readonly [text: string]: { top5_ids: number[]; top5_logits: number[]; logsumexp: number; sum_logits: number };
  };
  readonly nll: { text: string; tokens: number; mean_nll: number };
}

describeWithShared('stories260K', () => {
  const all = JSON.parse(readFileSync(shared('models/reference-vectors/llama2c-reference.json'), 'utf8')) as {
    stories260K: Reference;
  };
  const reference = all.stories260K;
  const folder = shared('models/stories260K-hf');
  const half = 0.5e-4; // of the last printed decimal
  let base: Base;
  let model: Model;

  beforeAll(async () => {
    await startEngine();
    const checkpoint = openCheckpoint(folder);
    base = loadBase(checkpoint);
    checkpoint.close();
    model = createModel(base, { seeds: [0], methodFor: () => null });
  });
  afterAll(() => {
    model.dispose();
    base.dispose();
  });

  /** Of the last position, in float64. */
  function lastLogits(ids: readonly number[]): number[] {
    const batch = tokenBatch(Int32Array.from(ids), Int32Array.from(ids), { lanes: 1, length: ids.length });
    const logits = model.logits(batch);
    const values = [...logits.dataSync()].slice(-logits.shape[1]);
    release(logits, batch);
    return values;
  }

  test.each(Object.entries(reference.logits_after))("the next token after '%s'", (text, wanted) => {
    const logits = lastLogits(reference.tokenize[text] ?? [1]);
    const order = logits.map((_, id) => id).toSorted((a, b) => logits[b] - logits[a]);
    expect(order.slice(0, 5)).toEqual(wanted.top5_ids);
    wanted.top5_logits.forEach((value, i) => {
      expect(Math.abs(logits[wanted.top5_ids[i]] - value)).toBeLessThan(1e-4 + half);
    });
    const largest = Math.max(...logits);
    const logSumExp = largest + Math.log(logits.reduce((sum, x) => sum + Math.exp(x - largest), 0));
    expect(Math.abs(logSumExp - wanted.logsumexp)).toBeLessThan(1e-4 + half);
    const sum = logits.reduce((a, b) => a + b, 0);
    expect(Math.abs(sum - wanted.sum_logits)).toBeLessThan(512e-5); // 512 logits, each near enough to 1e-5
  });

  test('the mean loss of a text', () => {
    const { text, tokens, mean_nll: wanted } = reference.nll;
    const ids = Int32Array.from(loadTokenizer(folder).encode(text));
    expect(ids.length).toBe(tokens);
    const batch = tokenBatch(ids, ids, { lanes: 1, length: ids.length });
    const loss = model.lossAndGradients(batch, noMask)[0];
    release(batch);
    expect(Math.abs(loss - wanted)).toBeLessThan(1e-4 + half);
  });
});
