/** Numbers by seed, put together seed by seed: runs of one seed share batches and evaluation sets. */
import type { SeedValue } from '../results/estimate.ts';
import type { FinishedRun } from '../results/record.ts';
import type { BestRateSummary } from '../results/summary.ts';

/** Test losses in nats at a variant's best rate. */
export const lossOf = (best: BestRateSummary, task: 'learn' | 'retain' = 'learn'): readonly SeedValue[] =>
  best[task].lossNats.values;

/** Of every run a number. */
export const ofRuns = (runs: readonly FinishedRun[], pick: (run: FinishedRun) => number): SeedValue[] =>
  runs.map((run) => ({ seed: run.plan.seed, value: pick(run) }));

/** From the values of each seed that all lists have, in the order of the lists, one number. */
export function bySeed(lists: readonly (readonly SeedValue[])[], combine: (values: number[]) => number): number[] {
  const maps = lists.map((list) => new Map(list.map(({ seed, value }) => [seed, value])));
  const seeds = [...(maps[0]?.keys() ?? [])].filter((seed) => maps.every((map) => map.has(seed)));
  return seeds.sort((a, b) => a - b).map((seed) => combine(maps.map((map) => map.get(seed)!)));
}

/** a less b, seed by seed. */
export const less = (a: readonly SeedValue[], b: readonly SeedValue[]): number[] =>
  bySeed([a, b], ([ofA, ofB]) => ofA! - ofB!);

/** Slope of the straight line of least squares through (x, y) of each seed. */
export const slopes = (x: readonly number[], y: readonly (readonly SeedValue[])[]): number[] =>
  bySeed(y, (values) => slope(x, values));

function slope(x: readonly number[], y: readonly number[]): number {
  const center = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [meanX, meanY] = [center(x), center(y)];
  const products = x.reduce((sum, value, i) => sum + (value - meanX) * (y[i]! - meanY), 0);
  return products / x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
}
