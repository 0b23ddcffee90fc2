/** One run's changes, site by site, as numbers for the file; and the directions that are compared with those of other runs. */
import { type ChangeOfKernel, changeOfKernel } from '../../analysis/changeOfKernel.ts';
import { intruderDimensions } from '../../analysis/intruderDimensions.ts';
import { keptChange, keptVectors } from '../../analysis/keptChange.ts';
import { orthogonalityError } from '../../analysis/orthogonality.ts';
import { openArtefact } from '../../checkpoint/artefact.ts';
import type { RunAnalysis } from '../../results/analysis.ts';
import { keptKernels, type Kernels, type KernelSite } from './kernels.ts';
import type { KeptRun } from './keptRuns.ts';
import { movementOf } from './movement.ts';
import { drawn, finite, significant } from './significant.ts';

export interface AnalysedRun {
  readonly seed: number;
  /** In the order of all lists. */
  readonly sites: readonly KernelSite[];
  readonly numbers: RunAnalysis;
  readonly directions: readonly Pick<ChangeOfKernel, 'input' | 'output'>[];
}

/** Of arXiv:2410.21228, which takes ε from 0.3 to 0.9. */
const thresholds = [0.5, 0.6];

export function analyseRun(run: KeptRun, kernels: Kernels): AnalysedRun {
  const { record, end, trajectory } = run;
  const { seed, hash } = record.plan;
  const sites = keptKernels(end);
  const artefact = openArtefact(end);
  try {
    const whole = sites.map(({ name, shape }) => {
      const kernel = kernels.of(record, name);
      const vectors = keptVectors(artefact, name);
      return {
        kernel,
        change: changeOfKernel(kernel, keptChange(artefact, name, kernel.values)),
        down: vectors && orthogonalityError(vectors.down, shape[0], vectors.rank),
        up: vectors && orthogonalityError(vectors.up, shape[1], vectors.rank),
      };
    });
    const changes = whole.map(({ change }) => change);
    const amplified = (name: 'factor' | 'projected' | 'own' | 'random'): (number | null)[] =>
      changes.map(({ amplification }) => significant(amplification?.[name] ?? null));
    const orthogonality = {
      down: whole.map(({ down }) => significant(down)),
      up: whole.map(({ up }) => significant(up)),
    };
    const numbers: RunAnalysis = {
      seed,
      hash,
      spectrum: changes.map(({ spectrum }) => Array.from(spectrum, drawn)),
      effectiveRank: changes.map((change) => significant(change.effectiveRank)),
      stableRank: changes.map((change) => significant(change.stableRank)),
      norm: changes.map(({ norm }) => finite(norm)),
      relativeNorm: whole.map(({ kernel, change }) => significant(change.norm / kernel.norm)),
      amplification: {
        rank: changes.map(({ amplification }) => amplification?.rank ?? 0),
        factor: amplified('factor'),
        projected: amplified('projected'),
        own: amplified('own'),
        random: amplified('random'),
      },
      intruders: Object.fromEntries(
        thresholds.map((epsilon) => [
          String(epsilon),
          changes.map(({ cosines }) => cosines && intruderDimensions(cosines, epsilon)),
        ]),
      ),
      ...(orthogonality.down.some((value) => value !== null) && { orthogonality }),
      ...(trajectory.length > 0 && { movement: movementOf(run, kernels) }),
    };
    return {
      seed,
      sites,
      numbers,
      directions: changes.map(({ input, output }) => ({ input, output })),
    };
  } finally {
    artefact.close();
  }
}
