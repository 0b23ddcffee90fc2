import { describe, expect, test } from 'vitest';
import { compose, methodOf } from '../../src/adapters/compose.ts';
import { fasterUp } from '../../src/adapters/groups/fasterUp.ts';
import { adalora } from '../../src/adapters/methods/adalora.ts';
import { dora } from '../../src/adapters/methods/dora.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import { loraPlus } from '../../src/adapters/methods/loraPlus.ts';
import { qdora } from '../../src/adapters/methods/qdora.ts';
import { qlora } from '../../src/adapters/methods/qlora.ts';
import { rslora } from '../../src/adapters/methods/rslora.ts';
import type { Recipe } from '../../src/adapters/types.ts';
import { RequestError } from '../../src/errors.ts';

/** Types of the parts by slot. */
const types = (recipe: Recipe): object => {
  const { storage, update, rescale, groups, control } = methodOf(recipe);
  return Object.fromEntries(
    Object.entries({ storage, update, rescale, groups, control }).map(([slot, { spec }]) => [slot, spec.type]),
  );
};
const plain = { storage: 'float32', update: 'lowRank', rescale: 'none', groups: 'uniform', control: 'none' };

test.each([
  ['nothing', {}, {}],
  ['LoRA', lora({ rank: 4 }), {}],
  ['rsLoRA', rslora({ rank: 4 }), {}],
  ['LoRA+', loraPlus({ rank: 4 }), { groups: 'fasterUp' }],
  ['DoRA', dora({ rank: 4 }), { rescale: 'magnitude' }],
  ['QLoRA', qlora({ rank: 4 }), { storage: 'nf4' }],
  ['QDoRA', qdora({ rank: 4 }), { storage: 'nf4', rescale: 'magnitude' }],
  ['AdaLoRA', adalora({ rank: 4 }), { update: 'svd', control: 'rankAllocator' }],
  [
    'QDoRA and LoRA+',
    compose(qdora({ rank: 4 }), loraPlus({ rank: 4 })),
    { storage: 'nf4', rescale: 'magnitude', groups: 'fasterUp' },
  ],
] as [string, Recipe, object][])('%s chooses what it should and leaves the rest plain', (_name, recipe, choices) => {
  expect(types(recipe)).toEqual({ ...plain, ...choices });
});

describe('recipes join', () => {
  test('where they choose the same; dropout too', () => {
    const joined = compose(dora({ rank: 8, dropout: 0.1 }), qlora({ rank: 8, dropout: 0.1 }), { groups: fasterUp() });
    expect(types(joined)).toEqual({ ...plain, storage: 'nf4', rescale: 'magnitude', groups: 'fasterUp' });
    expect(methodOf(joined).dropout).toBe(0.1);
    expect(compose()).toEqual({});
  });

  test('options that were left to themselves are the same as those given', () => {
    expect(() => compose(lora({ rank: 8 }), lora({ rank: 8, alpha: 16 }))).not.toThrow();
  });

  test('not where they differ: the slot and both choices are named', () => {
    const join = (): Recipe => compose(dora({ rank: 8 }), lora({ rank: 16 }));
    expect(join).toThrow(RequestError);
    expect(join).toThrow(/two different choices of update: .*"rank":8.* and .*"rank":16/);
    expect(() => compose(qlora({ rank: 8 }), qlora({ rank: 8, double: false }))).toThrow(/choices of storage/);
    expect(() => compose(loraPlus({ rank: 8 }), { groups: fasterUp({ ratio: 2 }) })).toThrow(/choices of groups/);
    expect(() => compose(adalora({ rank: 8 }), lora({ rank: 8 }))).toThrow(/choices of update/);
    expect(() => compose(lora({ rank: 8, dropout: 0.1 }), { dropout: 0 })).toThrow(/choices of dropout: 0.1 and 0/);
  });
});

test.each([-0.1, 1, 2, Number.NaN])('a dropout of %d is refused', (dropout) => {
  expect(() => methodOf(lora({ rank: 8, dropout }))).toThrow(RequestError);
  expect(() => methodOf(lora({ rank: 8, dropout }))).toThrow(`below 1, not ${dropout}`);
});
