/** Whether runs changed the same directions: φ between the seeds of a variant and between variants, with what chance alone gives. */
import type { Directions } from '../../analysis/directions.ts';
import { randomSimilarity, randomSimilarityInterval, subspaceSimilarity } from '../../analysis/subspaceSimilarity.ts';
import {
  type Analysis,
  compared,
  type Grid,
  type SimilarityBaseline,
  type SimilarityPair,
} from '../../results/analysis.ts';
import { type KernelSite, siteKey } from './kernels.ts';
import type { AnalysedRun } from './runNumbers.ts';
import { significant } from './significant.ts';

type Side = 'input' | 'output';
type RunPair = readonly [AnalysedRun, AnalysedRun];

export function similarities(
  variants: ReadonlyMap<string, readonly AnalysedRun[]>,
  sites: readonly KernelSite[],
): Analysis['similarity'] {
  const baselines: SimilarityBaseline[] = [];
  const pairs: SimilarityPair[] = [];
  const indices = new Map(sites.map((site, index) => [siteKey(site), index]));
  const names = [...variants.keys()];
  names.forEach((a, first) =>
    names.slice(first).forEach((b) => {
      const runs = a === b ? pairsOfSeeds(variants.get(a)!) : sameSeeds(variants.get(a)!, variants.get(b)!);
      const [one, other] = (runs[0] ?? []).map((run) => run.sites.map(siteKey));
      const shared = one && other ? one.filter((site) => other.includes(site)) : [];
      if (shared.length === 0) return;
      const grid = (side: Side): Grid => gridOf((i, j) => meanSimilarity(runs, shared, side, i, j));
      pairs.push({
        a,
        b,
        runs: runs.length,
        baseline: baselineIndex(
          baselines,
          shared.map((site) => indices.get(site)!),
          sites,
        ),
        input: grid('input'),
        output: grid('output'),
      });
    }),
  );
  return { baselines, pairs };
}

const pairsOfSeeds = (runs: readonly AnalysedRun[]): RunPair[] =>
  runs.flatMap((one, i) => runs.slice(i + 1).map((other): RunPair => [one, other]));

const sameSeeds = (a: readonly AnalysedRun[], b: readonly AnalysedRun[]): RunPair[] =>
  a.flatMap((one) => b.filter(({ seed }) => seed === one.seed).map((other): RunPair => [one, other]));

const gridOf = (cell: (i: number, j: number) => number | null): Grid =>
  compared.map((i) => compared.map((j) => significant(cell(i, j))));

/** Over all pairs and the sites where both have as many directions; null where none has. */
function meanSimilarity(
  pairs: readonly RunPair[],
  sites: readonly string[],
  side: Side,
  i: number,
  j: number,
): number | null {
  const at = ({ sites: own, directions }: AnalysedRun, key: string): Directions | null =>
    directions[own.findIndex((site) => siteKey(site) === key)]![side];
  const values = pairs.flatMap(([one, other]) =>
    sites.flatMap((site) => {
      const [a, b] = [at(one, site), at(other, site)];
      return a && b && a.count >= i && b.count >= j ? [subspaceSimilarity(a, b, i, j)] : [];
    }),
  );
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The baseline of these sites, made where there is none yet. */
function baselineIndex(baselines: SimilarityBaseline[], indices: number[], sites: readonly KernelSite[]): number {
  const known = baselines.findIndex((baseline) => baseline.sites.join() === indices.join());
  if (known >= 0) return known;
  const side = (axis: 0 | 1): SimilarityBaseline['input'] => {
    const dimensions = indices.map((index) => sites[index]!.shape[axis]);
    const smallest = Math.min(...dimensions);
    const bounds = compared.map((i) =>
      compared.map((j) => (Math.max(i, j) > smallest ? null : randomSimilarityInterval(dimensions, i, j))),
    );
    const mean = (i: number, j: number): number =>
      dimensions.reduce((sum, d) => sum + randomSimilarity(d, i, j), 0) / dimensions.length;
    return {
      mean: gridOf((i, j) => (Math.max(i, j) > smallest ? null : mean(i, j))),
      low: bounds.map((row) => row.map((cell) => significant(cell && cell.low))),
      high: bounds.map((row) => row.map((cell) => significant(cell && cell.high))),
    };
  };
  baselines.push({ sites: indices, input: side(0), output: side(1) });
  return baselines.length - 1;
}
