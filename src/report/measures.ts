import type { Estimate } from '../results/estimate.ts';
import type { BestRateSummary, Summary } from '../results/summary.ts';
import type { Measure, MeasureValue } from './measure.ts';
import { metricOf } from './metrics.ts';

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
  const tasks = summary.variants.flatMap(({ best }) => Object.keys(best?.observe ?? {}));
  return [...new Set(tasks)].flatMap((task) =>
    scores(summary, `observe.${task}`, task, ({ observe }) => observe[task] ?? {}),
  );
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
