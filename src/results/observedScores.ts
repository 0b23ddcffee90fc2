import { type Estimate, estimate } from './estimate.ts';
import type { BestRateSummary } from './bestRateSummary.ts';

/** Of each task that is scored beside target and source, the metrics that every run has, on test data; means over seeds. */
export function observedScores({ runs }: BestRateSummary): Record<string, Record<string, Estimate>> {
  const tasks = [...new Set(runs.flatMap(({ final }) => Object.keys(final.observe ?? {})))];
  return Object.fromEntries(
    tasks.map((task) => {
      const perSeed = runs.map(({ plan: { seed }, final }) => {
        const metrics: Readonly<Record<string, number>> = final.observe?.[task] ?? {};
        return { seed, metrics };
      });
      const names = Object.keys(perSeed[0]!.metrics).filter((name) => perSeed.every(({ metrics }) => name in metrics));
      const scores = names.map((name): [string, Estimate] => [
        name,
        estimate(perSeed.map(({ seed, metrics }) => ({ seed, value: metrics[name]! }))),
      ]);
      return [task, Object.fromEntries(scores)];
    }),
  );
}
