/** The sum of ranks over all sites after each step: what the schedule allows (arXiv:2303.10512 Eq. 12), and what is active. */
import type { Ranks } from '../results/record/measured.ts';
import { alikeTables } from './rankHeatMap.ts';

/** From a step on; means over seeds. */
export interface BudgetRow {
  step: number;
  budget: number;
  active: number;
}

/** Tables as of rankHeatMap. */
export function budgetCurve(tables: readonly Ranks[]): BudgetRow[] {
  const same = alikeTables(tables);
  const mean = (of: (table: Ranks) => number): number => same.reduce((sum, table) => sum + of(table), 0) / same.length;
  return same[0].step.map((step, row) => ({
    step,
    budget: mean((table) => table.budget[row]),
    active: mean(({ active }) => active[row].reduce((a, b) => a + b, 0)),
  }));
}
