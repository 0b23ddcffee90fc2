/** What a rank allocator left where (AdaLoRA, arXiv:2303.10512 figure 3): a rank for every site and step, from a record's `ranks`. */
import type { Ranks } from '../results/record/measured.ts';

/** Active rank of one site, the mean over seeds, from a step until the one at which it changes. */
export interface RankRow {
  site: string;
  step: number;
  until: number;
  rank: number;
}

/** Tables of one variant have the same sites and steps; one that has not (a cut-off run) is left out. */
export function rankHeatMap(tables: readonly Ranks[]): RankRow[] {
  const same = alikeTables(tables);
  const { step, sites } = same[0];
  return shortNames(sites).flatMap((site, column) => {
    const ofSite: RankRow[] = [];
    step.forEach((at, row) => {
      const rank = same.reduce((sum, { active }) => sum + active[row][column], 0) / same.length;
      const until = step[row + 1] ?? at + 1;
      const before = ofSite.at(-1);
      if (before?.rank === rank) before.until = until;
      else ofSite.push({ site, step: at, until, rank });
    });
    return ofSite;
  });
}

/** Those with the sites and steps of the first. */
export function alikeTables(tables: readonly Ranks[]): readonly Ranks[] {
  const key = ({ step, sites }: Ranks): string => JSON.stringify([step, sites]);
  return tables.filter((table) => key(table) === key(tables[0]));
}

/** Names without the parts, between dots, that all of them begin with: `model.layers.0.self_attn.q_proj` as `0.self_attn.q_proj`. */
export function shortNames(names: readonly string[]): string[] {
  const parts = names.map((name) => name.split('.'));
  const shortest = Math.min(...parts.map(({ length }) => length));
  let shared = 0;
  while (shared < shortest - 1 && parts.every((name) => name[shared] === parts[0][shared])) shared++;
  return parts.map((name) => name.slice(shared).join('.'));
}
