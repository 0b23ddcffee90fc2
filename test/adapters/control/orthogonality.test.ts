import { beforeAll, describe, expect, test } from 'vitest';
import { orthogonality, orthogonalityPenalty } from '../../../src/adapters/control/orthogonality.ts';
import { svd } from '../../../src/adapters/update/svd.ts';
import { createArena } from '../../../src/tensor/arena.ts';
import { startEngine } from '../../../src/tensor/engine.ts';
import { stream } from '../../../src/tensor/random.ts';
import { expectNear } from '../../blocks/blockContract.ts';
import { oneSite, type OneSite } from '../oneSite.ts';

beforeAll(async () => void (await startEngine()));

const factorsOf = ({ arena }: OneSite): OneSite['arena']['parameters'] =>
  arena.parameters.filter(({ role }) => role !== 'singular');
const zeros = (inputs: number, outputs: number): number[][] =>
  Array.from({ length: inputs }, () => Array<number>(outputs).fill(0));

describe('Q = [1, 1]ᵀ and P = [2]: QᵀQ − I = 1, PPᵀ − I = 3', () => {
  const measured = (form: 'norm' | 'squared'): { penalty: number[]; down: number[]; up: number[] } => {
    const site = oneSite(zeros(2, 1), svd({ rank: 1 }));
    site.set({ down: [1, 1], up: [2] });
    const penalty = [...orthogonalityPenalty(factorsOf(site), 0.1, form)];
    const gradient = site.arena.takeGradient();
    const [d1, d2, , u] = gradient.dataSync();
    gradient.dispose();
    site.dispose();
    return { penalty, down: [d1, d2], up: [u] };
  };

  test('norm: γ · mean(1, 3), gradients γ/2 · 2 Q C/‖C‖', () => {
    const { penalty, down, up } = measured('norm');
    expectNear(penalty, [0.2], 1e-7, 'penalty');
    expectNear(down, [0.1, 0.1], 1e-7, 'gradient of Q');
    expectNear(up, [0.2], 1e-7, 'gradient of P');
  });

  test('squared: γ · (1 + 9), gradients γ · 4 Q C', () => {
    const { penalty, down, up } = measured('squared');
    expectNear(penalty, [1], 1e-7, 'penalty');
    expectNear(down, [0.4, 0.4], 1e-7, 'gradient of Q');
    expectNear(up, [2.4], 1e-7, 'gradient of P');
  });
});

test('orthogonal factors cost nothing, and have a gradient of zero, not NaN', () => {
  const site = oneSite(zeros(2, 2), svd({ rank: 2 }));
  site.set({ down: [1, 0, 0, 1], up: [0, 1, -1, 0] });
  expect(orthogonalityPenalty(factorsOf(site), 0.1, 'norm')[0]).toBeLessThan(1e-15);
  const gradient = site.arena.takeGradient();
  expect([...gradient.dataSync()]).toEqual(Array(10).fill(0));
  gradient.dispose();
  site.dispose();
});

test.each([
  [768, 12, 2.4],
  [3072, 12, 0.82],
  [128, 8, 2.68],
])('of factors drawn from N(0, 0.02²), width %i and rank %i: ‖C‖ = %f', (width, rank, wanted) => {
  const arena = createArena(1);
  const factors = Object.entries({ down: [width, rank], up: [rank, width] }).map(([role, shape]) =>
    arena.parameter('site', role, shape, () => stream(1, role).fillNormal(new Float32Array(width * rank), 0.02)),
  );
  arena.start();
  const [penalty] = orthogonalityPenalty(factors, 1, 'norm');
  expect(Math.abs(penalty / wanted - 1)).toBeLessThan(0.08);
  arena.dispose();
});

describe('as a control', () => {
  test('gives the penalty with its gradient, and prunes nothing', () => {
    const site = oneSite(zeros(2, 1), svd({ rank: 1 }));
    site.set({ down: [1, 1], singular: [1], up: [2] });
    const { arena } = site;
    const rule = orthogonality({ weight: 0.1 });
    const control = rule.create([{ name: 'site', parameters: arena.parameters, derived: {} }], arena, 10, () =>
      stream(0),
    );
    expectNear(control.penalty(), [0.1 * 2], 1e-6, 'penalty');
    const gradient = arena.takeGradient();
    expect([...gradient.dataSync()].map((g) => g !== 0)).toEqual([true, true, false, true]);
    control.afterStep(10, gradient, [true]);
    expect(site.values().singular).toEqual([1]);
    expect([control.activeRanks(0), control.budget(1), control.sites]).toEqual([null, null, []]);
    gradient.dispose();
    site.dispose();
  });

  test('refuses a weight below 0, another form, and an update without factors', () => {
    expect(() => orthogonality({ weight: -1 })).toThrow(/weight of at least 0, not -1/);
    expect(() => orthogonality({ form: 'cubed' as never })).toThrow(/'norm' or 'squared', not "cubed"/);
    const arena = createArena(1);
    const create = (): unknown =>
      orthogonality().create([{ name: 'q_proj', parameters: [], derived: {} }], arena, 10, () => stream(0));
    expect(create).toThrow(/needs factors at q_proj; use it with the svd or a low-rank update/);
  });
});
