import type { ExperimentPlan } from '../results/experimentPlan.ts';
import type { Json } from '../results/json.ts';
import type { RunRecord } from '../results/record.ts';
import { learningRateText } from './numberText.ts';

/** What was run, as terms and their text: everything that a reader needs to do it again. */
export function whatWasRun(plan: ExperimentPlan, records: readonly RunRecord[]): [term: string, text: string][] {
  const rates = unique(plan.runs.map(({ learningRate }) => learningRate)).sort((a, b) => a - b);
  const seeds = unique(plan.runs.map(({ seed }) => seed)).sort((a, b) => a - b);
  const environments = unique(records.map(({ environment }) => environmentText(environment)));
  const hashes = unique(
    records.flatMap(({ derived }) =>
      derived ? `base ${derived.baseHash}, target ${derived.learnHash}, source ${derived.retainHash}` : [],
    ),
  );
  const starts = records.map(({ times }) => times.startedAt).sort();
  const seconds = records.reduce((sum, { times }) => sum + times.trainSeconds + times.evaluateSeconds, 0);
  return [
    ['run again', plan.command],
    ...Object.entries(plan.settings).map(([name, value]): [string, string] => [name, settingText(value)]),
    ['learning rates', rates.map(learningRateText).join(', ')],
    ['seeds', seeds.join(', ')],
    ['engine', environments.join('; ')],
    ['commit', unique(records.map(({ environment }) => environment.commit ?? 'not a checkout')).join(', ')],
    ['versions', unique(records.map(({ environment }) => pairs(environment.versions))).join('; ')],
    ['hashes', hashes.join('; ')],
    [
      'time',
      starts.length === 0
        ? 'no run yet'
        : `from ${starts[0]} on; ${Math.round(seconds / 60)} minutes of training and evaluation, summed over runs`,
    ],
  ];
}

/** A recipe or a setting on one line: text as it is, anything else as JSON. */
export function settingText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value).replaceAll(',"', ', "').replaceAll('":', '": ');
}

export function environmentText({ engine, reason, cpu, threads, kernels, platform }: RunRecord['environment']): string {
  const own = kernels ? `, kernels for ${kernels}` : '';
  return `${engine} (${reason})${own}, ${threads === 1 ? 'one thread' : `${threads} threads`} on ${cpu}, ${platform}`;
}

function pairs(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
