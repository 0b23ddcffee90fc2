import { intrinsicDimension as dimensionOf } from '../../analysis/intrinsicDimension.ts';
import type { SeedValue } from '../../results/estimate.ts';
import { significant } from '../../report/numberText.ts';
import { type Claim, from } from '../claim.ts';
import { bestOf, type WeighedExperiment } from '../evidence.ts';
import { direction, type Finding, missing, plain, ratio } from '../finding.ts';
import { NotMeasured } from '../notMeasured.ts';
import { lossOf, slopes } from '../seedValues.ts';

/** "Far below": a tenth of the parameters. */
const far = 0.1;

export const intrinsicDimension: Claim = {
  number: 25,
  claim:
    'Training in a random subspace reaches 90 % of full fine-tuning’s gain at a d₉₀ far below the number of parameters, and relatively smaller for a larger base.',
  sections: [from('intrinsic-dimension', dimensions)],
};

interface Width {
  readonly width: number;
  readonly parameters: number;
  /** ln(d₉₀ / parameters) of the seeds that reach it. */
  readonly relative: SeedValue[];
  readonly seeds: number;
}

function dimensions(experiment: WeighedExperiment): Finding[] {
  const widths = widthsOf(experiment);
  const short = widths.filter(({ relative, seeds }) => relative.length < seeds);
  const whole = widths.filter(({ relative, seeds }) => relative.length === seeds);
  return [
    ...short.map(({ width, relative, seeds }) =>
      missing(
        `width ${width}: the largest d reaches 90 % in ${relative.length} of ${seeds} seeds only, so d₉₀ lies above what was tried`,
      ),
    ),
    ...whole.map(({ width, parameters, relative }) =>
      direction(
        `width ${width}, ${parameters} parameters: d₉₀ over a tenth of these (d₉₀ ${significant(parameters * Math.exp(meanOf(relative)), 2)})`,
        relative.map(({ value }) => value - Math.log(far)),
        'below',
        ratio,
      ),
    ),
    whole.length > 1
      ? direction(
          'exponent of d₉₀ over the parameters in the width',
          slopes(
            whole.map(({ width }) => Math.log(width)),
            whole.map(({ relative }) => relative),
          ),
          'below',
          plain,
        )
      : missing('fewer than two widths have a d₉₀ to compare'),
  ];
}

function widthsOf(experiment: WeighedExperiment): Width[] {
  const { variants } = experiment.summary;
  const levels = [
    ...new Set(variants.flatMap(({ factors: { width } }) => (width === undefined ? [] : [Number(width)]))),
  ];
  if (levels.length === 0) throw new NotMeasured('no variant has a width');
  return levels
    .sort((a, b) => a - b)
    .map((width): Width => {
      const full = bestOf(experiment, `full, width ${width}`);
      const arms = variants.flatMap(({ best, factors }) =>
        best && Number(factors.width) === width && typeof factors.dimension === 'number' && factors.dimension > 0
          ? [{ dimension: factors.dimension, losses: lossOf(best) }]
          : [],
      );
      if (arms.length === 0) throw new NotMeasured(`no subspace of width ${width} has finished`);
      const parameters = full.trainableParameters;
      const relative = lossOf(full).flatMap(({ seed, value }) => {
        const points = arms.flatMap(({ dimension, losses }) => {
          const own = losses.find((one) => one.seed === seed);
          return own ? [{ dimension, score: own.value }] : [];
        });
        if (points.length === 0 || value >= full.base.learnLossNats) return [];
        const { interpolated } = dimensionOf(points, value, full.base.learnLossNats);
        return interpolated === null ? [] : [{ seed, value: Math.log(interpolated / parameters) }];
      });
      return { width, parameters, relative, seeds: full.runs.length };
    });
}

const meanOf = (values: readonly SeedValue[]): number =>
  values.reduce((sum, { value }) => sum + value, 0) / values.length;
