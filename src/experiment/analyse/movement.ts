/** How far the kernels of a run moved in magnitude and direction, at every evaluation of which it kept something. */
import { denseChange } from '../../analysis/change.ts';
import { keptChange } from '../../analysis/keptChange.ts';
import { type MagnitudeAndDirection, magnitudeAndDirection } from '../../analysis/magnitudeAndDirection.ts';
import { openArtefact } from '../../checkpoint/artefact.ts';
import type { Movement } from '../../results/analysis.ts';
import { pearson } from '../../statistics/correlation.ts';
import { keptKernels, type Kernels } from './kernels.ts';
import type { KeptRun } from './keptRuns.ts';
import { drawn, significant } from './significant.ts';

export function movementOf({ record, trajectory }: KeptRun, kernels: Kernels): Movement {
  const moved = trajectory.map(({ file }) => movedAt(file, (site) => kernels.of(record, site).values));
  const later = moved.filter((_, i) => trajectory[i]!.step > 0).flat();
  return {
    step: trajectory.map(({ step }) => step),
    magnitude: moved.map((sites) => sites.map(({ magnitude }) => drawn(magnitude))),
    direction: moved.map((sites) => sites.map(({ direction }) => drawn(direction))),
    correlation: significant(
      pearson(
        later.map(({ direction }) => direction),
        later.map(({ magnitude }) => magnitude),
      ),
    ),
  };
}

function movedAt(file: string, kernelOf: (site: string) => ArrayLike<number>): MagnitudeAndDirection[] {
  const artefact = openArtefact(file);
  try {
    return keptKernels(file).map(({ name, shape }) => {
      const kernel = kernelOf(name);
      const after = denseChange(keptChange(artefact, name, kernel)).map((value, i) => value + kernel[i]!);
      return magnitudeAndDirection(kernel, after, shape);
    });
  } finally {
    artefact.close();
  }
}
