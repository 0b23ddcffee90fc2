import { expect, it } from 'vitest';
import { gradientNorms } from '../../src/analysis/gradientNorms.ts';

const history = (factor: number): Parameters<typeof gradientNorms>[0][number] => ({
  step: [1, 2, 3, 4, 5],
  gradientNormByRole: { down: [0, 0, factor, factor, factor], up: [1, 4, 1, null, 9] },
});

it('are geometric means over seeds and stretches of steps, role by role', () => {
  const rows = gradientNorms([history(2), history(8)], 3);
  expect(rows.map(({ role, step }) => [role, step])).toEqual([
    ['down', 2],
    ['down', 4],
    ['up', 2],
    ['up', 4],
  ]);
  [0, 4, 2, 1].forEach((norm, i) => expect(rows[i].norm).toBeCloseTo(norm, 12));
});

it('are nothing without a run, and every step where there are few', () => {
  expect(gradientNorms([])).toEqual([]);
  expect(gradientNorms([history(2)]).filter(({ role }) => role === 'up')).toHaveLength(4);
});
