import type { ExperimentPlan } from '../results/experimentPlan.ts';
import type { RunRecord } from '../results/record.ts';
import { type Summary, summarize } from '../results/summary.ts';
import { type Answer, answer } from './answer.ts';
import type { Chart } from './chart.ts';
import { certaintyTable } from './certaintyTable.ts';
import { charts } from './charts.ts';
import { forgettingTable } from './forgettingTable.ts';
import { type SampleText, samples } from './samples.ts';
import { type StoppedText, stoppedRuns } from './stoppedRuns.ts';
import { type Table, summaryTable } from './table.ts';
import { whatWasRun } from './whatWasRun.ts';

/** What a report says, before it is written as a page, as Markdown or as tables. */
export interface ReportContent {
  plan: ExperimentPlan;
  records: readonly RunRecord[];
  summary: Summary;
  answer: Answer;
  table: Table;
  /** Intervals, tests and effect sizes behind the table. */
  certainty: Table;
  /** Forgetting at the same target loss, and the frontier. */
  forgetting: Table;
  charts: Chart[];
  samples: SampleText[];
  run: [term: string, text: string][];
  stopped: StoppedText[];
}

export function reportContent(plan: ExperimentPlan, records: readonly RunRecord[]): ReportContent {
  const summary = summarize(plan, records);
  return {
    plan,
    records,
    summary,
    answer: answer(summary),
    table: summaryTable(summary),
    certainty: certaintyTable(summary),
    forgetting: forgettingTable(summary),
    charts: charts(summary, records),
    samples: samples(summary),
    run: whatWasRun(plan, records),
    stopped: stoppedRuns(records),
  };
}
