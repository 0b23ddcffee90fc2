import { environmentText } from '../whatWasRun.ts';
import type { ReportedExperiment } from './experiments.ts';

/** Where and for how long the runs were made, and how to make them again, as terms and their text. */
export function machine(experiments: readonly ReportedExperiment[]): [term: string, text: string][] {
  const records = experiments.flatMap(({ content }) => content.records);
  const starts = records.map(({ times }) => times.startedAt).sort();
  return [
    [
      'machine time',
      `${hoursText(machineSeconds(experiments))} of training and evaluation, summed over ${records.length.toLocaleString('en-US')} runs`,
    ],
    ['machines', counts(records.map(({ environment }) => environmentText(environment)))],
    [
      'versions',
      counts(
        records.map(({ environment }) =>
          Object.entries(environment.versions)
            .map((pair) => pair.join(' '))
            .join(', '),
        ),
      ),
    ],
    ['commits', counts(records.map(({ environment }) => environment.commit ?? 'not a checkout'))],
    ['made', starts.length === 0 ? 'no run yet' : `from ${starts[0]} to ${starts.at(-1)}`],
  ];
}

/** Seconds of training and evaluation over all runs; a run's is its share of its group. */
export function machineSeconds(experiments: readonly ReportedExperiment[]): number {
  return experiments
    .flatMap(({ content }) => content.records)
    .reduce((sum, { times }) => sum + times.trainSeconds + times.evaluateSeconds, 0);
}

/** `3.2 hours`, or `12 minutes` for less than two. */
export function hoursText(seconds: number): string {
  const minutes = Math.max(1, Math.round(seconds / 60));
  return seconds < 7200 ? `${minutes} minute${minutes === 1 ? '' : 's'}` : `${(seconds / 3600).toFixed(1)} hours`;
}

/** Each text once, with how many runs it is of where there are several. */
function counts(texts: readonly string[]): string {
  const runs = new Map<string, number>();
  for (const text of texts) runs.set(text, (runs.get(text) ?? 0) + 1);
  return [...runs].map(([text, count]) => (runs.size > 1 ? `${text} (${count} runs)` : text)).join('; ');
}
