import type { SeedValue } from '../../results/estimate.ts';
import { randomSubspaces } from '../../analysis/randomSubspaces.ts';
import { mean } from '../../statistics/mean.ts';
import { countText, significant } from '../../report/numberText.ts';
import { type Claim, from } from '../claim.ts';
import type { WeighedExperiment } from '../evidence.ts';
import { direction, type Finding, missing, plain, ratio } from '../finding.ts';
import { NotMeasured } from '../notMeasured.ts';
import { slopes } from '../seedValues.ts';

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
        `width ${width}, ${countText(parameters)} parameters: d₉₀ over a tenth of these (d₉₀ ${significant(parameters * Math.exp(mean(relative.map(({ value }) => value))), 2)})`,
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

function widthsOf({ summary }: WeighedExperiment): Width[] {
  const widths = randomSubspaces(summary).flatMap(({ parameters, arms, seeds, reached }): Width[] => {
    const width = Number(arms[0]!.factors.width);
    const relative = reached.map(({ seed, value }) => ({ seed, value: Math.log(value / parameters) }));
    return width > 0 ? [{ width, parameters, relative, seeds }] : [];
  });
  if (widths.length === 0) throw new NotMeasured('no subspace of a width has finished beside its full fine-tuning');
  return widths.sort((a, b) => a.width - b.width);
}
