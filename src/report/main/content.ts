import type { ClaimVerdict } from '../claims/verdict.ts';
import { type FairnessPoint, fairness } from './fairness.ts';
import { type ReportedExperiment, inOrder } from './experiments.ts';
import { hoursText, machine, machineSeconds } from './machine.ts';

/** What the main report says, before it is written as a page or as Markdown. */
export interface MainContent {
  /** In the order in which they are shown. */
  experiments: ReportedExperiment[];
  /** What was compared, in a sentence or two. */
  summary: string;
  fairness: FairnessPoint[];
  claims: readonly ClaimVerdict[];
  machine: [term: string, text: string][];
}

export function mainContent(given: readonly ReportedExperiment[], claims: readonly ClaimVerdict[]): MainContent {
  const experiments = inOrder(given);
  const variants = experiments.reduce((sum, { content }) => sum + content.summary.variants.length, 0);
  const runs = experiments.reduce((sum, { content }) => sum + content.records.length, 0);
  return {
    experiments,
    summary: `${number(experiments.length, 'experiment')}, ${number(variants, 'variant')}, ${number(runs, 'run')} of ${hoursText(machineSeconds(experiments))} in all, several at a time. Every number below comes from the record of a run, which can be made again.`,
    fairness: fairness(experiments),
    claims,
    machine: machine(experiments),
  };
}

function number(count: number, word: string): string {
  return `${count.toLocaleString('en-US')} ${word}${count === 1 ? '' : 's'}`;
}
