/** How far from the base the runs of a variant began, where the start was kept, against what their recipe predicts. */
import { denseChange } from '../../analysis/change.ts';
import { keptChange } from '../../analysis/keptChange.ts';
import { predictedStartVariance, startVariance } from '../../analysis/startVariance.ts';
import { openArtefact } from '../../checkpoint/artefact.ts';
import type { StartAnalysis } from '../../results/analysis.ts';
import type { FinishedRun } from '../../results/record.ts';
import { keptKernels, type Kernels, type KernelSite } from './kernels.ts';
import type { KeptRun } from './keptRuns.ts';
import { finite } from './significant.ts';

/** Null where no start was kept, the network starts at the base, or the recipe does not draw its factors each by itself. */
export function startOf(runs: readonly KeptRun[], kernels: Kernels): StartAnalysis | null {
  const [{ record, trajectory }] = runs as [KeptRun];
  if (record.derived.startsEqualToBase || trajectory[0]?.step !== 0) return null;
  const sites = keptKernels(trajectory[0].file);
  const predicted = sites.map((site) => predictedAt(record, site));
  if (predicted.some((value) => value === null)) return null;
  const measured = runs.map((run) => measuredAt(run, sites, kernels));
  return {
    predicted: predicted.map((value) => finite(value!)),
    measured: sites.map((_, i) => finite(measured.reduce((sum, ofRun) => sum + ofRun[i]!, 0) / measured.length)),
  };
}

function measuredAt({ record, trajectory }: KeptRun, sites: readonly KernelSite[], kernels: Kernels): number[] {
  const artefact = openArtefact(trajectory[0]!.file);
  try {
    return sites.map(({ name, shape }) => {
      const change = keptChange(artefact, name, kernels.of(record, name).values);
      return startVariance({ form: 'dense', shape, values: denseChange(change) });
    });
  } finally {
    artefact.close();
  }
}

interface FillSpec {
  readonly type: string;
  readonly sigma?: number | string;
}

function predictedAt({ plan, derived: { sites } }: FinishedRun, { name, shape }: KernelSite): number | null {
  const at = sites.name.indexOf(name);
  const [rank, scale] = [sites.rank[at] ?? null, sites.scale[at] ?? null];
  const init = (plan.recipe.update as { init?: { down?: FillSpec; up?: FillSpec; compensated?: boolean } }).init;
  if (!init?.down || !init.up || init.compensated || rank === null || scale === null) return null;
  const [downVariance, upVariance] = [varianceOf(init.down, shape[0]), varianceOf(init.up, rank)];
  if (downVariance === null || upVariance === null) return null;
  return predictedStartVariance({ scale, rank, downVariance, upVariance });
}

/** Of one number, by how its matrix is filled (adapters/init); null for a fill that is not independent numbers. */
function varianceOf({ type, sigma }: FillSpec, fanIn: number): number | null {
  if (type === 'zero') return 0;
  if (type === 'kaimingUniform') return 1 / (3 * fanIn);
  if (type !== 'gaussian') return null;
  return typeof sigma === 'number' ? sigma ** 2 : 1 / fanIn;
}
