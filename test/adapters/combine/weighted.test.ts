/** Weighted sums by hand. What PEFT makes of them is compared in test/train/severalAdapters.test.ts; it drops biases of B. */
import { expect, test } from 'vitest';
import { combineFactors, type CombinationType } from '../../../src/adapters/combine/weighted.ts';
import type { LowRankFactors } from '../../../src/adapters/lowRankFactors.ts';

const factors = (alpha: number, upBias: readonly number[] | null): LowRankFactors => ({
  name: 'site',
  kind: 'linear',
  shape: [2, 2],
  rank: 1,
  alpha,
  scaling: 'rank',
  down: Float32Array.of(1, 2),
  up: Float32Array.of(3, alpha),
  upBias: upBias && Float32Array.from(upBias),
  magnitude: null,
});

test.each<CombinationType>(['cat', 'linear', 'svd'])('%s: biases of B are summed with weight and scale', (type) => {
  const adapters = [
    { factors: [factors(2, [1, 2])], weight: 3 },
    { factors: [factors(5, [10, 20])], weight: -1 },
    { factors: [factors(4, null)], weight: 7 },
  ];
  const { factors: combined } = combineFactors(adapters, { type });
  expect([...combined[0]!.upBias!]).toEqual([3 * 2 * 1 - 5 * 10, 3 * 2 * 2 - 5 * 20]);
  expect(combineFactors(adapters.slice(2), { type }).factors[0]!.upBias).toBeNull();
});
