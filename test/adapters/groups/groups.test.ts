/** Learning rate and decay by role. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fasterUp } from '../../../src/adapters/groups/fasterUp.ts';
import { peftGroups } from '../../../src/adapters/groups/peft.ts';
import { uniform } from '../../../src/adapters/groups/uniform.ts';
import { compose, methodOf } from '../../../src/adapters/compose.ts';
import { dora } from '../../../src/adapters/methods/dora.ts';
import { lora } from '../../../src/adapters/methods/lora.ts';
import { loraPlus } from '../../../src/adapters/methods/loraPlus.ts';
import type { Group, Recipe } from '../../../src/adapters/types.ts';
import { RequestError } from '../../../src/errors.ts';
import type { Parameter } from '../../../src/tensor/arena.ts';
import { startEngine } from '../../../src/tensor/engine.ts';
import { type Base, loadBase } from '../../../src/train/base.ts';
import { createModel } from '../../../src/train/model.ts';
import { train } from '../../../src/train/trainer.ts';
import { laneValues, runOf, type TinyOptions } from '../../contract/tinyRun.ts';
import { tinyLlama } from '../../tinyLlama.ts';

const parameter = (role: string, shape: readonly number[]): Parameter => ({ role, shape }) as unknown as Parameter;
const roles = {
  down: parameter('down', [4, 2]),
  up: parameter('up', [2, 4]),
  singular: parameter('singular', [2]),
  magnitude: parameter('magnitude', [4]),
  bias: parameter('bias', [4]),
};
const rates = (of: (p: Parameter) => Group): object =>
  Object.fromEntries(Object.entries(roles).map(([role, p]) => [role, of(p).rate]));
const decays = (of: (p: Parameter) => Group): object =>
  Object.fromEntries(Object.entries(roles).map(([role, p]) => [role, of(p).decay]));

test('LoRA+: B alone at 16 times the rate, or at the ratio given', () => {
  const others = { down: 1, singular: 1, magnitude: 1, bias: 1 };
  expect(rates((p) => fasterUp().of(p, 'linear'))).toEqual({ ...others, up: 16 });
  expect(rates((p) => fasterUp({ ratio: 4 }).of(p, 'linear'))).toEqual({ ...others, up: 4 });
  expect(fasterUp().spec).toEqual({ type: 'fasterUp', ratio: 16 });
});

test("PEFT's groups: whatever has one dimension is fast too, λ excepted; an embedding has a rate of its own", () => {
  const groups = peftGroups({ ratio: 8 });
  expect(rates((p) => groups.of(p, 'linear'))).toEqual({ down: 1, up: 8, singular: 1, magnitude: 8, bias: 8 });
  expect(decays((p) => groups.of(p, 'linear'))).toMatchObject({ up: 1, bias: 0 });
  expect(groups.of(roles.down, 'embedding')).toMatchObject({ fixedRate: 1e-6 });
  expect(groups.of(roles.up, 'embedding')).toMatchObject({ fixedRate: 1e-6 });
});

test("PEFT's groups: biases do not decay, nor do the gains that are named; IA³'s factors are matrices there", () => {
  const groups = peftGroups({ ratio: 8, undecayed: ['ln_f.weight'] });
  expect(groups.of(parameter('upBias', [4]), 'linear')).toEqual({ rate: 8, decay: 0 });
  for (const role of ['inputScale', 'outputScale'])
    expect(groups.of(parameter(role, [4]), 'linear')).toEqual({ rate: 1, decay: 1 });
  expect(groups.of(roles.magnitude, 'conv2d')).toEqual({ rate: 1, decay: 1 }); // [1, out, 1, 1] there
  const gain = (site: string): Parameter => ({ site, role: 'dense', shape: [4] }) as unknown as Parameter;
  expect(groups.of(gain('ln_f.weight'), 'vector')).toEqual({ rate: 8, decay: 0 });
  expect(groups.of(gain('norm.weight'), 'vector')).toEqual({ rate: 8, decay: 1 });
  expect(groups.spec).toMatchObject({ undecayed: ['ln_f.weight'] });
  expect(peftGroups({ ratio: 8 }).spec).not.toHaveProperty('undecayed');
});

test('only matrices decay, unless all do', () => {
  const matrices = { down: 1, up: 1, singular: 0, magnitude: 0, bias: 0 };
  expect(decays((p) => uniform().of(p, 'linear'))).toEqual(matrices);
  expect(decays((p) => fasterUp().of(p, 'linear'))).toEqual(matrices);
  expect(Object.values(decays((p) => uniform({ decay: 'all' }).of(p, 'linear')))).toEqual([1, 1, 1, 1, 1]);
});

test.each([0, -1, Number.NaN, Infinity])('the ratio %d is refused', (ratio) => {
  expect(() => fasterUp({ ratio })).toThrow(RequestError);
  expect(() => peftGroups({ ratio })).toThrow(/positive ratio/);
});

describe('in a run', () => {
  let base: Base;
  beforeAll(async () => {
    await startEngine();
    base = loadBase(tinyLlama());
  });
  afterAll(() => base.dispose());

  /** How far each role moved, at most, and the values at the end. */
  function moved(recipe: Recipe, options: TinyOptions = {}): { by: { [role: string]: number }; values: Float32Array } {
    const method = methodOf(recipe);
    const model = createModel(base, { seeds: [3], methodFor: (name) => (name.endsWith('q_proj') ? method : null) });
    const before = laneValues(model, 0);
    const run = runOf(model, [{ seed: 3, learningRate: 0.001 }], options);
    for (const { step } of train(run)) expect(step).toBeGreaterThan(0);
    const values = laneValues(model, 0);
    const by: { [role: string]: number } = {};
    for (const { role, offset, size } of model.arena.parameters)
      for (let i = offset; i < offset + size; i++) by[role] = Math.max(by[role] ?? 0, Math.abs(values[i] - before[i]));
    run.dispose();
    model.dispose();
    return { by, values };
  }

  test("AdamW's first step moves B by 16 times the rate, DoRA's magnitude by the rate", () => {
    const { by } = moved(compose(dora({ rank: 2 }), { groups: fasterUp() }), { steps: 1 });
    expect(by.up / 0.001).toBeCloseTo(16, 2);
    expect(by.magnitude / 0.001).toBeCloseTo(1, 2);
  });

  test('a ratio of one is LoRA to the bit', () => {
    const [plain, one] = [lora({ rank: 2 }), loraPlus({ rank: 2, ratio: 1 })].map((recipe) => moved(recipe).values);
    expect(one).toEqual(plain);
    expect(moved(loraPlus({ rank: 2 })).values).not.toEqual(plain);
  });
});
