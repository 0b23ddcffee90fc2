/** Several adapters at one site, by hand. What PEFT makes of them is compared in test/train/severalAdapters.test.ts. */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { sumOfChanges } from '../../../src/adapters/combine/sumOfChanges.ts';
import type { Member } from '../../../src/adapters/combine/member.ts';
import { methodOf } from '../../../src/adapters/compose.ts';
import { dora } from '../../../src/adapters/methods/dora.ts';
import { lora } from '../../../src/adapters/methods/lora.ts';
import type { Recipe } from '../../../src/adapters/types.ts';
import { release, scoped, startEngine } from '../../../src/tensor/engine.ts';
import { rowsInput } from '../../../src/tensor/siteInput.ts';
import { numbers, oneSite } from '../oneSite.ts';

beforeAll(() => startEngine());

const member = (name: string, recipe: Recipe, share: number, turn: number): Member => ({
  name,
  method: methodOf(recipe),
  share: () => share,
  turn: () => turn,
});

test('what is added to every output is what comes out of an input of zeros; a DoRA scales what was added before it', () => {
  const members = [
    member('b', lora({ rank: 1, alpha: 3, upBias: true }), 0.5, 0),
    member('m', dora({ rank: 1, alpha: 1 }), 1, 1),
  ];
  const kernel = [
    [3, 0],
    [4, 2],
  ];
  const site = oneSite(kernel, sumOfChanges(members));
  site.set({ 'b/upBias': [10, 20], 'm/magnitude': [10, 1] }); // ‖W‖ per output is 5 and 2
  const shift = site.update.shift!(0);
  expect(numbers(shift)).toEqual([0.5 * 3 * 10 * 2, 0.5 * 3 * 20 * 0.5]);
  const y = scoped(() => site.update.forward(rowsInput(tf.zeros([1, 2]) as Tensor2D)).y)();
  expect(numbers(y)).toEqual(numbers(shift));
  release(shift, y);
  site.dispose();
});
