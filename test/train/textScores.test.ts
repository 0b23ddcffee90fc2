import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { lora } from '../../src/adapters/methods/lora.ts';
import { tokenBatch } from '../../src/blocks/tokenBatch.ts';
import type { Sequence } from '../../src/data/encode.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';
import { loadBase } from '../../src/train/base.ts';
import { createModel, type Model } from '../../src/train/model.ts';
import { baseScores, textScores } from '../../src/train/textScores.ts';
import { movedModel, onTargets } from '../adapters/smallModel.ts';
import { tinyLlama, tinyTokens } from '../tinyLlama.ts';

beforeAll(() => startEngine());

const sequences: Sequence[] = [5, 9, 7].map((length, i) => {
  const ids = tinyTokens(i, 1, length);
  return { ids, labels: ids.slice().fill(-100, 0, 1 + i), completionBytes: 10 + i, cut: false };
});

/** −Σ log P of the labels that count, and how many of them are the likeliest, from the logits, one sequence at a time. */
function scoresByHand(model: Model): { nats: number; correct: number } {
  let [nats, correct] = [0, 0];
  for (const { ids, labels } of sequences) {
    const batch = tokenBatch(ids, ids, { lanes: 1, length: ids.length });
    const logits = model.logits(batch);
    const logP = tf.tidy(() => tf.logSoftmax(logits).arraySync() as number[][]);
    release(batch, logits as Tensor2D);
    labels.forEach((label, at) => {
      if (label < 0) return;
      const row = logP[at - 1]!;
      nats -= row[label]!;
      correct += Number(row[label] === Math.max(...row));
    });
  }
  return { nats, correct };
}

it('scores are those of the logits, with the adapter and without', async () => {
  const base = loadBase(tinyLlama());
  const model = movedModel(base, onTargets(lora({ rank: 2 }), ['q_proj', 'v_proj']));
  const plain = createModel(base, { seeds: [0], methodFor: () => null });
  const tokens = 4 + 7 + 4;
  for (const [scores, of] of [
    [await textScores(model, sequences), model],
    [await baseScores(model, sequences), plain],
    [await textScores(plain, sequences), plain],
  ] as const) {
    const { nats: expected, correct } = scoresByHand(of);
    expect(scores).toMatchObject({ tokens, bytes: 33 });
    expect(scores.lossNats).toBeCloseTo(expected / tokens, 5);
    expect(scores.perplexity).toBeCloseTo(Math.exp(expected / tokens), 3);
    expect(scores.bitsPerByte).toBeCloseTo(expected / Math.log(2) / 33, 5);
    expect(scores.tokenAccuracy).toBe(correct / tokens);
  }
  expect(model.strength).toBe(1);
  expect(scoresByHand(model).nats).not.toBeCloseTo(scoresByHand(plain).nats, 2);
  plain.dispose();
  model.dispose();
  base.dispose();
});
