import { beforeAll, describe, expect, test } from 'vitest';
import { bothNormal } from '../../src/adapters/init/arms.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import { nf4 } from '../../src/adapters/storage/nf4.ts';
import { ignored, type Sequence } from '../../src/data/encode.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';
import { createModel, type Model } from '../../src/train/model.ts';
import { klToBase } from '../../src/train/klToBase.ts';
import { drawnBase, llamaConfig, movedModel, onTargets } from '../adapters/smallModel.ts';

beforeAll(() => startEngine());

const sequence = (ids: readonly number[], from: number): Sequence => ({
  ids: Int32Array.from(ids),
  labels: Int32Array.from(ids, (id, i) => (i < from ? ignored : id)),
  completionBytes: 1,
  cut: false,
});
const sequences = [sequence([1, 5, 7, 9], 1), sequence([3, 20, 14, 2, 8, 11, 12], 3), sequence([4, 4], 1)];
const recipe = lora({ rank: 2, init: bothNormal({ sigma: 1 }) });
const plainOf = (of = drawnBase(llamaConfig)): Model => createModel(of, { seeds: [0], methodFor: () => null });

function disposed(...models: readonly Model[]): void {
  for (const model of models) {
    model.dispose();
    model.base.dispose();
  }
}

/** log P of every token at every place of a text, by a model of one lane. */
function logProbabilities(model: Model, ids: Int32Array): number[][] {
  const batch = model.batch({ ids, labels: ids, length: ids.length });
  const logits = model.logits(batch);
  const rows = logits.arraySync();
  release(batch, logits);
  return rows.map((row) => {
    const most = Math.max(...row);
    const total = Math.log(row.reduce((sum, x) => sum + Math.exp(x - most), 0)) + most;
    return row.map((x) => x - total);
  });
}

/** The formula, place by place. */
function expected(base: Model, model: Model): number {
  let [nats, tokens] = [0, 0];
  for (const { ids, labels } of sequences) {
    const [p, q] = [logProbabilities(base, ids), logProbabilities(model, ids)];
    for (let place = 0; place + 1 < ids.length; place++) {
      if (labels[place + 1] === ignored) continue;
      tokens++;
      p[place]!.forEach((logP, token) => (nats += Math.exp(logP) * (logP - q[place]![token]!)));
    }
  }
  expect(tokens).toBe(3 + 4 + 1);
  return nats / tokens;
}

describe('KL to the base', () => {
  test('is the mean over the tokens that count of Σ P log P/Q, for each lane', async () => {
    const targets = onTargets(recipe, 'all-linear');
    const base = plainOf();
    const model = movedModel(drawnBase(llamaConfig), targets, [1, 2]);
    const alone = [1, 2].map((seed) => movedModel(drawnBase(llamaConfig), targets, [seed]));
    const found = await klToBase(model, base, sequences);
    const wanted = alone.map((one) => expected(base, one));
    found.forEach((nats, lane) => expect(nats / wanted[lane]!).toBeCloseTo(1, 4));
    expect(found[0]).not.toBeCloseTo(found[1]!, 2);
    expect(Math.min(...found)).toBeGreaterThan(0.01);
    disposed(base, model, ...alone);
  });

  test('is 0 where nothing was changed', async () => {
    const base = plainOf();
    const untouched = createModel(drawnBase(llamaConfig), {
      seeds: [1, 2],
      methodFor: onTargets(lora({ rank: 2 }), 'all-linear'),
    });
    for (const nats of await klToBase(untouched, base, sequences)) expect(nats).toBeLessThan(1e-6);
    expect(Math.min(...(await klToBase(base, base, sequences)))).toBe(0);
    disposed(base, untouched);
  });

  test('counts what quantization loses', async () => {
    const base = plainOf();
    const held = plainOf(drawnBase(llamaConfig, nf4()));
    const [nats] = await klToBase(held, base, sequences);
    expect(nats! / expected(base, held)).toBeCloseTo(1, 3);
    expect(nats).toBeGreaterThan(1e-3);
    disposed(base, held);
  });

  test('tells what it has read, and needs something to predict', async () => {
    const base = plainOf();
    const heard: number[] = [];
    await klToBase(base, base, sequences, (tokens) => heard.push(tokens));
    expect(heard.reduce((sum, tokens) => sum + tokens, 0)).toBe(4 + 7 + 2);
    await expect(klToBase(base, base, [sequence([1, 2], 2)])).rejects.toThrow('no token is predicted');
    disposed(base);
  });
});
