import type { ReportedExperiment } from '../experiments.ts';
import type { FairnessPoint } from '../fairness.ts';
import { chosen, counted, nameOf, rangeText, someOf } from './across.ts';

export function gridPoint(experiments: readonly ReportedExperiment[]): FairnessPoint {
  const rows = experiments.flatMap((experiment) =>
    experiment.content.summary.variants.map((row) => ({ experiment, row })),
  );
  const written = rows.map(({ row }) => row.rates.filter(({ round }) => round === 0).length);
  const extended = rows.filter(({ row }) => row.rates.some(({ round }) => round > 0));
  const rounds = extended.map(({ row }) => Math.max(...row.rates.map(({ round }) => round)));
  const equal = experiments.filter(
    ({ content }) =>
      new Set(content.summary.variants.map(({ rates }) => rates.filter(({ round }) => round === 0).length)).size === 1,
  );
  const open = chosen(experiments).filter(({ best }) => best.place === 'lowest' || best.place === 'highest');
  return {
    danger: 'One learning rate for all methods: then the ranking says for which method it happened to be right.',
    remedy:
      'Every variant has a sweep of its own, of equal size; where its best rate is at the edge, the grid is extended for all seeds and the variant runs again there.',
    figures: [
      `${rangeText(written)} rates for each variant as written, as many for all variants in ${equal.length} of ${counted(experiments.length, 'experiment')}`,
      extended.length === 0
        ? 'no grid was extended'
        : `${counted(extended.length, 'grid')} extended, by ${rangeText(rounds)} ${Math.max(...rounds) === 1 ? 'round' : 'rounds'}`,
      open.length === 0
        ? 'every best rate lies inside its grid'
        : `no interior optimum for ${counted(open.length, 'variant')}: ${someOf(open.map(nameOf))}`,
    ],
  };
}

export function selectionPoint(experiments: readonly ReportedExperiment[]): FairnessPoint {
  return {
    danger: 'A learning rate that is chosen by the data that are reported.',
    remedy:
      'The rate is chosen by the mean loss on validation data, over all seeds; what is reported was measured on test data, once, at the end of training.',
    figures: [`${counted(chosen(experiments).length, 'choice')}, all by validation data`],
  };
}

export function stoppedPoint(experiments: readonly ReportedExperiment[]): FairnessPoint {
  const sum = (
    pick: (counts: { finished: number; diverged: number; failed: number; missing: number }) => number,
  ): number => experiments.reduce((total, { content }) => total + pick(content.summary.counts), 0);
  const without = experiments.flatMap((experiment) =>
    experiment.content.summary.variants.filter(({ best }) => best === null).map((row) => ({ experiment, row })),
  );
  return {
    danger: 'Runs that went wrong and are not mentioned.',
    remedy:
      'Every planned run is counted. A rate at which any seed diverged is never chosen, and each report lists the runs that diverged or failed.',
    figures: [
      `${counted(
        sum(({ finished }) => finished),
        'run',
      )} finished, ${sum(({ diverged }) => diverged)} diverged, ${sum(({ failed }) => failed)} failed, ${sum(({ missing }) => missing)} without a record`,
      without.length === 0
        ? 'every variant has a rate at which all seeds finished'
        : `no rate at which all seeds finished: ${someOf(without.map(nameOf))}`,
    ],
  };
}
