/** Parts of a fused projection are sites of their own for groups and controls too. */
import { beforeAll, expect, test } from 'vitest';
import { methodOf } from '../../src/adapters/compose.ts';
import { adalora } from '../../src/adapters/methods/adalora.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import { loraPlus } from '../../src/adapters/methods/loraPlus.ts';
import type { Method, Recipe } from '../../src/adapters/types.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { createModel, type Model } from '../../src/train/model.ts';
import { drawnBase, gpt2Config } from './smallModel.ts';

beforeAll(() => startEngine());

const attention = 'transformer.h.0.attn.c_attn';

/** Recipes by part, on the first layer. */
function modelWith(recipes: { readonly [part: string]: Recipe }): Model {
  const methods = Object.entries(recipes).map(([part, recipe]) => [`${attention}:${part}`, methodOf(recipe)] as const);
  const byName = new Map<string, Method>(methods);
  return createModel(drawnBase(gpt2Config), { seeds: [0], methodFor: (name) => byName.get(name) ?? null, steps: 40 });
}

test('the rank allocator takes in every part', () => {
  const recipe = adalora({ rank: 4, target: 2 });
  const method = methodOf(recipe);
  const model = createModel(drawnBase(gpt2Config), {
    seeds: [0],
    methodFor: (name) => (/h\.0\.\S+:(query|value)$/.test(name) ? method : null),
    steps: 40,
  });
  const [control] = model.controls;
  expect(control.sites).toEqual([`${attention}:query`, `${attention}:value`]);
  expect(control.activeRanks(0)).toHaveLength(2);
  expect(control.budget(1)).toBe(8);
  expect(control.budget(40)).toBe(4);
});

test('a parameter has the group of its own part', () => {
  const model = modelWith({ query: loraPlus({ rank: 2, ratio: 5 }), value: lora({ rank: 3 }) });
  const rates = model.arena.parameters.map((p) => [p.site.split(':')[1], p.role, model.groupOf(p).rate]);
  expect(rates).toEqual([
    ['query', 'down', 1],
    ['query', 'up', 5],
    ['value', 'down', 1],
    ['value', 'up', 1],
  ]);
  const [adapter] = model.adapters;
  expect(adapter.sites.map(({ name, derived }) => [name, derived.rank])).toEqual([
    [`${attention}:query`, 2],
    [`${attention}:value`, 3],
  ]);
});

test('two dropouts on one input are refused', () => {
  const recipes = { query: lora({ rank: 2, dropout: 0.1 }), value: lora({ rank: 2 }) };
  expect(() => modelWith(recipes)).toThrow(/share one input, and so one dropout, not 0\.1 and 0/);
});
