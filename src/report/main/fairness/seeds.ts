import type { ReportedExperiment } from '../experiments.ts';
import type { FairnessPoint } from '../fairness.ts';
import { chosen, counted, nameOf, rangeText, someOf } from './across.ts';

export function seedsPoint(experiments: readonly ReportedExperiment[]): FairnessPoint {
  const all = chosen(experiments);
  const one = all.filter(({ best }) => best.runs.length < 2);
  return {
    danger: 'One run of each method: a difference may be chance.',
    remedy: 'Every figure is a mean over seeds with a 95\u00a0% interval, and differences are taken seed by seed.',
    figures: [
      `${rangeText(all.map(({ best }) => best.runs.length))} seeds at the best rate of ${counted(all.length, 'variant')}`,
      one.length === 0
        ? 'no variant is judged by one seed'
        : `by one seed, and so without any claim: ${someOf(one.map(nameOf))}`,
    ],
  };
}

export function randomnessPoint(experiments: readonly ReportedExperiment[]): FairnessPoint {
  const several = chosen(experiments).filter(({ best }) => best.runs.length > 1);
  const alike = several.filter(({ best }) => new Set(best.learn.lossNats.values.map(({ value }) => value)).size === 1);
  return {
    danger:
      'A seed that does not reach all that is random, so that other seeds repeat the same start or the same order of data.',
    remedy:
      'Start of the adapters, order of the data and dropout are drawn from named streams whose root is the seed of the run; nothing else is random.',
    figures: [
      alike.length === 0
        ? `in all ${counted(several.length, 'variant')} with several seeds, the seeds ended at different losses`
        : `seeds ended at the very same loss in ${someOf(alike.map(nameOf))}`,
    ],
  };
}

export function pairedPoint(experiments: readonly ReportedExperiment[]): FairnessPoint {
  const compared = chosen(experiments).filter(({ best }) => best.against?.learn);
  const varied = experiments
    .filter(({ content }) => new Set(content.records.flatMap(({ derived }) => derived?.learnHash ?? [])).size > 1)
    .map(({ folder }) => folder);
  return {
    danger: 'Methods that are trained on other data, in another order, or tested on other examples.',
    remedy:
      'Variants of an experiment share base, data and, for each seed, the order of the batches and the examples of the tests; differences are taken seed by seed.',
    figures: [
      `${counted(compared.length, 'comparison')}, each over ${rangeText(compared.map(({ best }) => best.runs.length))} pairs of runs with the same seed`,
      ...(varied.length < experiments.length
        ? [
            `one target task for all variants, by its hash, in ${counted(experiments.length - varied.length, 'experiment')}`,
          ]
        : []),
      ...(varied.length > 0 ? [`several, because the task is what is varied, in ${someOf(varied)}`] : []),
    ],
  };
}
