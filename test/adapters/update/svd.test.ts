import { beforeAll, expect, test } from 'vitest';
import { svd } from '../../../src/adapters/update/svd.ts';
import { startEngine } from '../../../src/tensor/engine.ts';
import { expectNear } from '../../blocks/blockContract.ts';
import { oneSite } from '../oneSite.ts';

beforeAll(async () => void (await startEngine()));

const kernel = [
  [1, 0],
  [0, 1],
];

test('s = α/(r + 1e-5), α = 2r unless given', () => {
  expect(svd({ rank: 4 }).spec).toMatchObject({ rank: 4, alpha: 8, sigma: 0.02, scale: 8 / (4 + 1e-5) });
  expect(svd({ rank: 12, alpha: 8 }).spec.scale).toBeCloseTo(8 / 12, 5);
});

test('Δ(x) = s ((xQ) ∘ λ) P and its gradients, by hand', () => {
  const site = oneSite(kernel, svd({ rank: 2, alpha: 4 }));
  const s = 4 / (2 + 1e-5);
  site.set({ down: [1, 2, 0, 1], singular: [3, 5], up: [1, 1, 0, 2] });
  const { y, dx, gradients } = site.step([[1, 1]]); // xQ = [1, 3], ∘ λ = [3, 15], P = [[1, 1], [0, 2]], dy Pᵀ = [2, 2]
  expectNear(y, [1 + s * 3, 1 + s * (3 + 30)], 1e-6, 'y');
  expectNear(gradients.singular, [s * 2, s * 6], 1e-6, 'λ');
  expectNear(gradients.up, [s * 3, s * 3, s * 15, s * 15], 1e-6, 'P');
  expectNear(gradients.down, [s * 6, s * 10, s * 6, s * 10], 1e-6, 'Q');
  expectNear(dx, [1 + s * (6 + 20), 1 + s * 10], 1e-6, 'x');
  expectNear(site.merged(), [1 + s * 3, s * 23, 0, 1 + s * 10], 1e-6, 'W + ΔW');
  site.dispose();
});

test('starts with P, Q ~ N(0, 0.02²) and λ = 0, where only λ has a gradient', () => {
  const wide = Array.from({ length: 300 }, () => Array<number>(200).fill(0));
  const site = oneSite(wide, svd({ rank: 8 }));
  const { down, singular, up } = site.values();
  expect(singular).toEqual(Array(8).fill(0));
  for (const factor of [down, up]) {
    const deviation = Math.sqrt(factor.reduce((sum, v) => sum + v * v, 0) / factor.length);
    expect(Math.abs(deviation / 0.02 - 1)).toBeLessThan(0.06);
  }
  const { gradients } = site.step([Array.from({ length: 300 }, (_, i) => Math.sin(i))]);
  expect(gradients.down.every((g) => g === 0)).toBe(true);
  expect(gradients.up.every((g) => g === 0)).toBe(true);
  expect(gradients.singular.every((g) => g !== 0)).toBe(true);
  site.dispose();
});
