import { dipOf, withinDip } from '../../../results/betweenRates.ts';
import { significant } from '../../numberText.ts';
import type { ReportedExperiment } from '../experiments.ts';
import type { FairnessPoint } from '../fairness.ts';
import { chosen, counted, nameOf, rangeText, someOf } from './across.ts';

export function coarsePoint(experiments: readonly ReportedExperiment[]): FairnessPoint {
  const all = chosen(experiments);
  const steps = all.flatMap(({ row: { rates } }) =>
    rates.slice(1).map(({ learningRate }, i) => learningRate / rates[i]!.learningRate),
  );
  const dips = all
    .flatMap((one) => {
      const dip = dipOf(one.row);
      return dip === null ? [] : [{ name: nameOf(one), dip }];
    })
    .sort((a, b) => a.dip - b.dip);
  const undone = experiments.flatMap((experiment) =>
    withinDip(experiment.content.summary).map((variant) => `${variant} (${experiment.folder})`),
  );
  const [middle, most] = [dips[Math.floor((dips.length - 1) / 2)], dips.at(-1)];
  return {
    danger: 'Rates so far apart that one method meets its best rate and another falls beside it.',
    remedy:
      'A parabola through the best rate and its two neighbours (validation loss against the logarithm of the rate) estimates how much lower the loss may be between them; a difference that is smaller is named here.',
    figures:
      middle === undefined || most === undefined
        ? ['no best rate has a rate on either side']
        : [
            `neighbouring rates differ by a factor of ${rangeText(steps, (value) => significant(value, 2))}`,
            `between its rates the loss may be lower by ${significant(middle.dip, 2)} nats in the median, by ${significant(most.dip, 2)} at most (${most.name}), of ${counted(dips.length, 'variant')}`,
            undone.length === 0
              ? 'every difference that is shown is larger than that'
              : `shown, but smaller than that, so that finer rates could undo it: ${someOf(undone, 12)}`,
          ],
  };
}
