/** Sites that differ in the number of their layer alone, as one. */
import type { InspectedSite } from './inspectedSite.ts';

export interface AlikeSites {
  /** model.layers.0-4.self_attn.q_proj */
  readonly name: string;
  readonly count: number;
  readonly one: InspectedSite;
}

/** In the order of the first of each. */
export function alikeSites(sites: readonly InspectedSite[]): AlikeSites[] {
  const groups = new Map<string, InspectedSite[]>();
  for (const site of sites) {
    const { name, ...rest } = site;
    const key = JSON.stringify([name.replace(layer, '.*.'), rest]);
    groups.set(key, [...(groups.get(key) ?? []), site]);
  }
  return [...groups.values()].map((group) => ({ name: nameOf(group), count: group.length, one: group[0]! }));
}

/** The first number between dots. */
const layer = /\.(\d+)\./;

function nameOf(group: readonly InspectedSite[]): string {
  const [{ name }] = group as [InspectedSite];
  if (group.length === 1) return name;
  const numbers = group.map((site) => Number(layer.exec(site.name)![1]));
  return name.replace(layer, `.${ranges(numbers)}.`);
}

/** 0-3,5 */
function ranges(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const n of numbers) {
    const last = runs.at(-1);
    if (last && last[1] === n - 1) last[1] = n;
    else runs.push([n, n]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join();
}
