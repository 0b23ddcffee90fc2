import type { Estimate } from '../results/estimate.ts';
import type { BestRateSummary, Summary } from '../results/summary.ts';
import { metricOf } from './metrics.ts';

/** Something that was measured or counted of every variant at its best rate: an axis that a reader may choose. */
export interface Measure {
  /** Stable, for addresses: `learn.lossNats`, `trainableParameters`. */
  key: string;
  label: string;
  /** Empty where it has none. */
  unit: string;
  better: 'lower' | 'higher';
  values: MeasureValue[];
}

/** The mean over seeds with the bounds of its 95 % interval: the mean itself for one seed, and for what is counted. */
export interface MeasureValue {
  variant: string;
  mean: number;
  low: number;
  high: number;
}

/** All measures of which two variants at least have a value. Scores are on test data. */
export function measures(summary: Summary): Measure[] {
  return [
    ...scores(summary, 'learn', 'target', ({ learn }) => learn),
    ...scores(summary, 'retain', 'source', ({ retain }) => retain),
    ...observed(summary),
    counted(summary, 'trainableParameters', 'trained parameters', 'at the start', (best) => best.trainableParameters),
    counted(
      summary,
      'trainableParametersAtEnd',
      'trained parameters',
      'at the end',
      (best) => best.trainableParametersAtEnd,
    ),
    counted(summary, 'bytes', 'memory of one run', 'bytes', ({ bytes }) =>
      Object.values(bytes).reduce((a, b) => a + b, 0),
    ),
    counted(summary, 'bytes.base', 'frozen base', 'bytes', ({ bytes }) => bytes.base),
    counted(summary, 'secondsPerStep', 'time per step', 'seconds, share of its group', (best) => best.secondsPerStep),
  ].filter(({ values }) => values.length > 1);
}

/** Scores of the tasks that were observed beside target and source, where an experiment has any. */
function observed(summary: Summary): Measure[] {
  const tasksOf = (best: BestRateSummary | null): Record<string, Record<string, Estimate>> =>
    (best as { observe?: Record<string, Record<string, Estimate>> } | null)?.observe ?? {};
  const names = [...new Set(summary.variants.flatMap(({ best }) => Object.keys(tasksOf(best))))];
  return names.flatMap((name) => scores(summary, `observe.${name}`, name, (best) => tasksOf(best)[name] ?? {}));
}

function scores(
  { variants }: Summary,
  key: string,
  words: string,
  of: (best: BestRateSummary) => Record<string, Estimate>,
): Measure[] {
  const names = [...new Set(variants.flatMap(({ best }) => (best ? Object.keys(of(best)) : [])))];
  return names.map((name): Measure => {
    const { label, ...rest } = metricOf(name);
    const values = variants.flatMap(({ variant, best }): MeasureValue[] => {
      const estimate = best ? of(best)[name] : undefined;
      if (estimate === undefined) return [];
      const { mean, interval } = estimate;
      return [{ variant, mean, low: interval?.low ?? mean, high: interval?.high ?? mean }];
    });
    return { key: `${key}.${name}`, label: `${words} ${label}`, ...rest, values };
  });
}

/** What is the same for every seed; fewer is better. */
function counted(
  { variants }: Summary,
  key: string,
  label: string,
  unit: string,
  of: (best: BestRateSummary) => number | null,
): Measure {
  const values = variants.flatMap(({ variant, best }) => {
    const mean = best && of(best);
    return mean === null ? [] : [{ variant, mean, low: mean, high: mean }];
  });
  return { key, label, unit, better: 'lower', values };
}
