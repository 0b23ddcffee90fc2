import type { ReportedExperiment } from '../experiments.ts';
import type { FairnessPoint } from '../fairness.ts';
import { chosen, counted, rangeText } from './across.ts';

export function manyComparisonsPoint(experiments: readonly ReportedExperiment[]): FairnessPoint {
  const comparisons = chosen(experiments).flatMap(({ best }) => best.against?.learn ?? []);
  const shown = comparisons.filter(({ verdict }) => verdict === 'lower by' || verdict === 'higher by').length;
  const alone = comparisons.filter(({ onlyAlone }) => onlyAlone).length;
  return {
    danger: 'Many comparisons, of which some differ by chance alone.',
    remedy:
      'p is adjusted after Holm over all comparisons of the same loss in an experiment, and decides alone what counts as shown.',
    figures: [
      `${counted(comparisons.length, 'comparison')} of target losses: ${shown} shown, ${alone} only without the correction, ${comparisons.length - shown - alone} not shown`,
    ],
  };
}

export function powerPoint(experiments: readonly ReportedExperiment[]): FairnessPoint {
  const smallest = chosen(experiments).flatMap(({ best }) => best.against?.learn?.smallestDz?.alone ?? []);
  return {
    danger: 'Too few seeds to see a difference, which is then taken for none.',
    remedy:
      'Beside every difference stands the smallest one that its seeds could have shown four times in five. “No difference shown” says no more than that.',
    figures: [
      smallest.length === 0
        ? 'no comparison with two seeds'
        : `smallest difference seen at 80\u00a0% power: ${rangeText(smallest, (value) => value.toFixed(2))} standard deviations of the differences`,
    ],
  };
}
