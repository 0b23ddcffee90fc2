/** Dropout in a network: on in training, off in what is asked of it afterwards. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { methodOf } from '../../src/adapters/compose.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { type Base, loadBase } from '../../src/train/base.ts';
import { dropoutMasks } from '../../src/train/dropout.ts';
import { createModel } from '../../src/train/model.ts';
import { train } from '../../src/train/trainer.ts';
import { tinyLlama } from '../tinyLlama.ts';
import { laneValues, logitsOf, runOf } from './tinyRun.ts';

let base: Base;
beforeAll(async () => {
  await startEngine();
  base = loadBase(tinyLlama());
});
afterAll(() => base.dispose());

function end(
  dropout: number,
  masks = dropoutMasks([1]),
): { values: Float32Array; logits: [Float32Array, Float32Array] } {
  const method = methodOf(lora({ rank: 2, dropout }));
  const model = createModel(base, { seeds: [1], methodFor: (name) => (name.endsWith('q_proj') ? method : null) });
  const run = runOf(model, [{ seed: 1, learningRate: 0.01 }], { plan: { masks } });
  for (const { step } of train(run)) expect(step).toBeLessThan(5);
  const values = laneValues(model, 0);
  const logits: [Float32Array, Float32Array] = [logitsOf(model), logitsOf(model)];
  run.dispose();
  model.dispose();
  return { values, logits };
}

test('changes training, and not what is asked of the network afterwards', () => {
  const [without, dropped] = [end(0), end(0.5)];
  expect(dropped.values).not.toEqual(without.values);
  expect(dropped.logits[0]).toEqual(dropped.logits[1]);
});

test('of a recipe without it asks for no mask', () => {
  end(0, () => () => {
    throw new Error('asked for a mask');
  });
});
