import type { Ranks } from '../../results/record/measured.ts';
import { mean } from '../../statistics/mean.ts';

/** Active rank of one site, the mean over seeds, from a step until the one at which it changes. */
export interface RankRow {
  site: string;
  step: number;
  until: number;
  rank: number;
}

/** Sum of ranks over all sites from a step on: what the schedule allows, and what is active. */
export interface BudgetRow {
  step: number;
  budget: number;
  active: number;
}

/** Means over seeds. Tables of one variant have the same sites and steps; one that has not (a cut-off run) is left out. */
export function rankRows(tables: readonly Ranks[]): { rows: RankRow[]; budget: BudgetRow[] } {
  const { step, sites } = tables[0];
  const same = tables.filter((table) => JSON.stringify([table.step, table.sites]) === JSON.stringify([step, sites]));
  const rows = shortNames(sites).flatMap((site, column) => {
    const ofSite: RankRow[] = [];
    step.forEach((at, row) => {
      const rank = mean(same.map(({ active }) => active[row][column]));
      const until = step[row + 1] ?? at + 1;
      const before = ofSite.at(-1);
      if (before?.rank === rank) before.until = until;
      else ofSite.push({ site, step: at, until, rank });
    });
    return ofSite;
  });
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const budget = step.map((at, row) => ({
    step: at,
    budget: mean(same.map((table) => table.budget[row])),
    active: mean(same.map(({ active }) => sum(active[row]))),
  }));
  return { rows, budget };
}

/** Names without the parts, between dots, that all of them begin with: `model.layers.0.self_attn.q_proj` as `0.self_attn.q_proj`. */
function shortNames(names: readonly string[]): string[] {
  const parts = names.map((name) => name.split('.'));
  const shortest = Math.min(...parts.map(({ length }) => length));
  let shared = 0;
  while (shared < shortest - 1 && parts.every((name) => name[shared] === parts[0][shared])) shared++;
  return parts.map((name) => name.slice(shared).join('.'));
}
