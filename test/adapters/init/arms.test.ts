/** The arms of the initialization ablation: what is zero, and whose gradient is, at step 0. */
import { beforeAll, describe, expect, test } from 'vitest';
import * as arms from '../../../src/adapters/init/arms.ts';
import { gaussian } from '../../../src/adapters/init/gaussian.ts';
import { lowRank } from '../../../src/adapters/update/lowRank.ts';
import { RequestError } from '../../../src/errors.ts';
import { startEngine } from '../../../src/tensor/engine.ts';
import { stream } from '../../../src/tensor/random.ts';
import { oneSite } from '../oneSite.ts';

beforeAll(async () => void (await startEngine()));

const kernel = [
  [1, -2, 3],
  [0.5, 1, 0],
];
const size = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

describe.each([
  ['A Kaiming-uniform, B zero', arms.kaimingZero(), { down: false, up: true }, true],
  ['A normal, B zero', arms.normalZero(), { down: false, up: true }, true],
  ['A zero, B normal', arms.zeroNormal(), { down: true, up: false }, true],
  ['both zero', arms.bothZero(), { down: false, up: false }, true],
  ['both normal', arms.bothNormal({ sigma: 0.5 }), { down: true, up: true }, false],
  ['both normal, compensated', arms.bothNormalCompensated({ sigma: 0.5 }), { down: true, up: true }, true],
] as const)('%s', (_name, init, gradientOf, equalToBase) => {
  const rule = lowRank({ rank: 2, init });

  test('starts at the base or not, as it says', () => {
    const site = oneSite(kernel, rule);
    const off = size(site.merged().map((value, i) => value - kernel.flat()[i]));
    expect(rule.starts.equalToBase).toBe(equalToBase);
    if (equalToBase) expect(off).toBeLessThan(1e-6);
    else expect(off).toBeGreaterThan(0.1);
    const { down, up } = site.values();
    expect([size(down) === 0, size(up) === 0]).toEqual([init.down.isZero, init.up.isZero]);
    site.dispose();
  });

  test('gradients at step 0', () => {
    const site = oneSite(kernel, rule);
    const { gradients } = site.step([[1, 2]]);
    expect({ down: size(gradients.down) > 0, up: size(gradients.up) > 0 }).toEqual(gradientOf);
    expect(rule.starts.mayStayStill).toEqual(init.down.isZero && init.up.isZero ? ['down', 'up'] : []);
    site.dispose();
  });
});

test('normal factors have σ = 1/√fanIn: the width for A, the rank for B', () => {
  const wide = Array.from({ length: 400 }, () => Array<number>(500).fill(0));
  const deviation = (values: readonly number[]): number => size(values) / Math.sqrt(values.length);
  const [a, b] = [arms.normalZero(), arms.zeroNormal()].map((init) => {
    const site = oneSite(wide, lowRank({ rank: 16, init }));
    const { down, up } = site.values();
    site.dispose();
    return { down, up };
  });
  expect(Math.abs(deviation(a.down) / (1 / 20) - 1)).toBeLessThan(0.05);
  expect(Math.abs(deviation(b.up) / (1 / 4) - 1)).toBeLessThan(0.05);
});

test('Var ΔW₀ = s² r σ_A² σ_B² of both normal', () => {
  const wide = Array.from({ length: 300 }, () => Array<number>(300).fill(0));
  const site = oneSite(wide, lowRank({ rank: 4, alpha: 12, init: arms.bothNormal({ sigma: 0.1 }) }));
  const delta = site.merged();
  const variance = size(delta) ** 2 / delta.length;
  expect(Math.abs(variance / (9 * 4 * 0.1 ** 4) - 1)).toBeLessThan(0.15);
  site.dispose();
});

test('σ = 0.01 for both normal unless given; σ must be positive', () => {
  expect(arms.bothNormal().down.spec).toEqual({ type: 'gaussian', sigma: 0.01 });
  for (const sigma of [0, -1, Number.NaN, Infinity]) {
    expect(() => gaussian({ sigma })).toThrow(RequestError);
    expect(() => gaussian({ sigma })).toThrow(/positive number, not .*zero\(\)/);
  }
  expect([...gaussian({ sigma: 2 }).fill(3, 7, stream(1, 'x'))]).toEqual(
    [...gaussian({ sigma: 1 }).fill(3, 9, stream(1, 'x'))].map((value) => 2 * value),
  );
});
