import { beforeAll, describe, expect, it } from 'vitest';
import { vera } from '../../src/adapters/methods/vera.ts';
import { drawnProjections, givenProjections } from '../../src/adapters/update/projections.ts';
import { RequestError } from '../../src/errors.ts';
import { replayRun } from '../../src/parity/replayRun.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import type { Base } from '../../src/train/base.ts';
import { createModel } from '../../src/train/model.ts';
import { describeWithShared, shared } from '../shared.ts';
import { checkMethod } from './methodChecks.ts';
import { drawnBase, gpt2Config, llamaConfig, onTargets } from './smallModel.ts';

beforeAll(async () => void (await startEngine()));

describeWithShared('VeRA in PEFT', () => {
  it('gives the recorded losses, gradients and tensors', () => {
    const { deviations } = replayRun(shared('fixtures/runs/extra-vera'));
    expect(Object.keys(deviations)).toEqual(
      expect.arrayContaining(['losses', 'gradients', 'adapterFinal', 'logitsMerged']),
    );
    for (const [what, { value, tolerance }] of Object.entries(deviations))
      expect(value, what).toBeLessThanOrEqual(tolerance);
  });
});

describe.each([
  { family: 'llama', config: llamaConfig },
  { family: 'gpt2', config: gpt2Config },
])('VeRA on every linear map of a small $family', ({ config }) => {
  let base: Base;
  beforeAll(() => void (base = drawnBase(config)));
  checkMethod(
    () => base,
    () => onTargets(vera({ rank: 6 }), 'all-linear'),
  );
});

describe('the projections', () => {
  it('of a narrow site are the first numbers of a wide one, to the scale of the width', () => {
    const { down, up } = drawnProjections(0);
    const [narrow, wide] = [down(6, 4), down(24, 4)];
    narrow.forEach((value, i) => expect(value / 2).toBeCloseTo(wide[i], 6)); // √(24/6)
    expect([...up(5, 4)]).toEqual([...up(9, 4).subarray(0, 20)]);
  });

  it('are Kaiming-uniform, and another seed draws others', () => {
    const numbers = drawnProjections(1).down(600, 64);
    const bound = Math.sqrt(6 / 600);
    expect(Math.max(...numbers)).toBeLessThanOrEqual(bound);
    const variance = numbers.reduce((sum, value) => sum + value * value, 0) / numbers.length;
    expect(variance).toBeCloseTo(bound ** 2 / 3, 4);
    expect(drawnProjections(2).down(600, 64)[0]).not.toBe(numbers[0]);
  });

  it('do not depend on the seed of the run, but its other drawn numbers would', () => {
    const base = drawnBase(llamaConfig);
    const deltas = [1, 2].map((seed) => {
      const model = createModel(base, { seeds: [seed], methodFor: onTargets(vera({ rank: 6 }), ['q_proj']) });
      model.arena.load(new Float32Array(model.arena.count).fill(1));
      return [...model.adapters[0].update.delta(0).dataSync()];
    });
    expect(deltas[0]).toEqual(deltas[1]);
    expect(deltas[0].some((value) => value !== 0)).toBe(true);
  });

  it('that are given must be as large as the sites', () => {
    const stored = (rows: number, columns: number): { shape: number[]; data: Float32Array } => ({
      shape: [rows, columns],
      data: Float32Array.from({ length: rows * columns }, (_, i) => i),
    });
    const { down, up } = givenProjections(stored(2, 3), stored(4, 2));
    expect([...down(2, 2)]).toEqual([0, 3, 1, 4]); // the first two columns of A, turned
    expect([...up(3, 2)]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(() => down(4, 2)).toThrow(RequestError);
    expect(() => up(4, 3)).toThrow(RequestError);
  });
});

describe('VeRA', () => {
  it('trains rank + outputs numbers a site, whatever its input', () => {
    const base = drawnBase(llamaConfig);
    const model = createModel(base, { seeds: [0], methodFor: onTargets(vera({ rank: 6 }), ['down_proj']) });
    expect(model.arena.parameters.map(({ role, size }) => [role, size])).toEqual([
      ['downScale', 6],
      ['upScale', 12],
      ['downScale', 6],
      ['upScale', 12],
    ]);
  });

  it('starts with d = 0.1 everywhere, or what is given, and b = 0', () => {
    const base = drawnBase(llamaConfig);
    for (const start of [undefined, 0.5]) {
      const recipe = vera({ rank: 6, ...(start !== undefined && { start }) });
      const { arena } = createModel(base, { seeds: [0], methodFor: onTargets(recipe, ['q_proj']) });
      const [d, b] = arena.parameters.map((parameter) => arena.read(parameter, 0));
      expect(new Set(d)).toEqual(new Set([Math.fround(start ?? 0.1)]));
      expect(new Set(b)).toEqual(new Set([0]));
    }
  });

  it('refuses a rank of zero and an embedding', () => {
    expect(() => vera({ rank: 0 })).toThrow(/rank.*0.*vera/);
    const methodFor = onTargets(vera({ rank: 4 }), ['embed_tokens']);
    expect(() => createModel(drawnBase(llamaConfig), { seeds: [0], methodFor })).toThrow(
      /'vera' goes on.*linear.*embedding/,
    );
  });
});
