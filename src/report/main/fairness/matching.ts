import { ofVariant } from '../../../results/variantInPlan.ts';
import { countText } from '../../numberText.ts';
import type { ReportedExperiment } from '../experiments.ts';
import type { FairnessPoint } from '../fairness.ts';
import { chosen, counted, nameOf, someOf } from './across.ts';

export function scalePoint(experiments: readonly ReportedExperiment[]): FairnessPoint {
  const ratios = experiments.flatMap(({ folder, content }) => {
    const scales = content.summary.variants.flatMap(({ best }) =>
      best?.scale ? [best.scale.smallest, best.scale.largest] : [],
    );
    return scales.length > 0 ? [{ folder, smallest: Math.min(...scales), largest: Math.max(...scales) }] : [];
  });
  const differ = ratios.filter(({ smallest, largest }) => largest > 1.001 * smallest);
  return {
    danger: 'Effective scales of the update that differ by method, which act like another learning rate.',
    remedy:
      'The scale (alpha over rank, or what the method makes of it) is recorded for every site and shown beside the score; an experiment may match it. The sweep of rates makes up for what is left.',
    figures: [
      `one scale for all variants in ${ratios.length - differ.length} of ${counted(ratios.length, 'experiment')}`,
      ...differ.map(({ folder, smallest, largest }) => `${folder}: from ${plain(smallest)} to ${plain(largest)}`),
    ],
  };
}

export function budgetPoint(experiments: readonly ReportedExperiment[]): FairnessPoint {
  const matched = experiments.flatMap(({ folder, content: { plan } }) => {
    const sizes = Object.keys(plan.variants).flatMap((name) => ofVariant(plan, name).matched ?? []);
    if (sizes.length === 0) return [];
    const off = Math.max(...sizes.map(({ wanted, got }) => Math.abs(got / wanted - 1)));
    return [
      `${folder}: the rank of ${counted(sizes.length, 'variant')} solved for ${countText(sizes[0].wanted)} trained parameters, met to ${plain(100 * off)}\u00a0%`,
    ];
  });
  return {
    danger: 'Methods with more trained parameters than others, as if the method were what helped.',
    remedy:
      'An experiment may ask for equal numbers: then the rank is solved for. Where they are not equal, the number stands beside the score, and one chart shows score against number.',
    figures:
      matched.length > 0
        ? matched
        : ['no experiment here asks for equal numbers: read the column of trained parameters'],
  };
}

export function prunedPoint(experiments: readonly ReportedExperiment[]): FairnessPoint {
  const pruned = chosen(experiments).filter(({ best }) => best.trainableParametersAtEnd !== best.trainableParameters);
  return {
    danger: 'A method that prunes ranks, counted either with what it began with or with what it kept.',
    remedy: 'Both numbers are recorded and shown.',
    figures: [
      pruned.length === 0
        ? 'no variant here prunes'
        : someOf(
            pruned.map(
              (of) =>
                `${nameOf(of)}: ${countText(of.best.trainableParameters)} at the start, ${countText(of.best.trainableParametersAtEnd)} at the end`,
            ),
            4,
          ),
    ],
  };
}

function plain(value: number): string {
  return String(Number(value.toPrecision(3)));
}
