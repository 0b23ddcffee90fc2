import { expect, it } from 'vitest';
import { budgetCurve } from '../../src/analysis/budgetCurve.ts';
import { rankHeatMap, shortNames } from '../../src/analysis/rankHeatMap.ts';
import type { Ranks } from '../../src/results/record/measured.ts';

it('ranks are means over seeds, in one piece as long as they stay', () => {
  const table = (last: number) => ({
    sites: ['a.0.q', 'a.1.q'],
    step: [10, 20, 30],
    active: [
      [4, 4],
      [4, 2],
      [4, last],
    ],
    budget: [8, 6, 6],
  });
  const tables = [table(2), table(1)];
  expect(rankHeatMap(tables)).toEqual([
    { site: '0.q', step: 10, until: 31, rank: 4 },
    { site: '1.q', step: 10, until: 20, rank: 4 },
    { site: '1.q', step: 20, until: 30, rank: 2 },
    { site: '1.q', step: 30, until: 31, rank: 1.5 },
  ]);
  expect(budgetCurve(tables)).toEqual([
    { step: 10, budget: 8, active: 8 },
    { step: 20, budget: 6, active: 6 },
    { step: 30, budget: 6, active: 5.5 },
  ]);
});

it('a table of other steps, of a run that was cut off, is left out', () => {
  const whole: Ranks = { sites: ['q'], step: [1, 2], active: [[4], [2]], budget: [4, 2] };
  const cut: Ranks = { sites: ['q'], step: [1], active: [[4]], budget: [4] };
  expect(rankHeatMap([whole, cut])).toEqual(rankHeatMap([whole]));
  expect(budgetCurve([whole, cut])).toEqual(budgetCurve([whole]));
});

it('names lose what all of them begin with, and no more', () => {
  expect(shortNames(['model.layers.0.q', 'model.layers.1.q'])).toEqual(['0.q', '1.q']);
  expect(shortNames(['a.q'])).toEqual(['q']);
});
