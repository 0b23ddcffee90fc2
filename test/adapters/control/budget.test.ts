import { describe, expect, test } from 'vitest';
import { budgetAt, type BudgetSchedule, choosesMask } from '../../../src/adapters/control/budget.ts';

const paper: BudgetSchedule = { initial: 288, final: 192, warmup: 200, tail: 1000, steps: 3000, every: 100 };

describe('24 matrices from rank 12 to 8, tᵢ = 200, t_f = 1000, T = 3000', () => {
  test.each([
    [1, 288],
    [200, 288],
    [201, 287],
    [500, 247],
    [1000, 208],
    [1500, 194],
    [2000, 192],
    [2001, 192],
    [3000, 192],
  ])('b(%i) = %i', (step, budget) => expect(budgetAt(step, paper)).toBe(budget));

  test('a new mask on the beat while the budget falls, and once when it is final', () => {
    const chosen = Array.from({ length: 3000 }, (_, i) => i + 1).filter((step) => choosesMask(step, paper));
    expect(chosen).toEqual(Array.from({ length: 18 }, (_, i) => 300 + 100 * i));
  });
});

test('one matrix from 12 to 8 in 10 steps', () => {
  const short = { initial: 12, final: 8, warmup: 0, tail: 0, steps: 10, every: 1 };
  expect([1, 2, 3, 4, 5].map((step) => budgetAt(step, short))).toEqual([10, 10, 9, 8, 8]);
});

test('the last mask comes off the beat too', () => {
  const odd = { ...paper, steps: 3007, every: 1000 };
  expect(choosesMask(2007, odd)).toBe(true);
  expect([2000, 2006, 2008, 3000].map((step) => choosesMask(step, odd))).toEqual([true, false, false, false]);
});
