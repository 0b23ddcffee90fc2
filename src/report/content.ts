import type { ExperimentPlan } from '../results/experimentPlan.ts';
import type { Analysis } from '../results/analysis.ts';
import { currentAnalysis } from '../results/currentAnalysis.ts';
import type { RunRecord } from '../results/record.ts';
import { type Summary, summarize } from '../results/summary.ts';
import { analysisCharts } from './analysisCharts.ts';
import { type Answer, answer } from './answer.ts';
import type { Chart } from './chart.ts';
import { certaintyTable } from './certaintyTable.ts';
import { charts } from './charts.ts';
import { forgettingTable } from './forgettingTable.ts';
import { listText } from './numberText.ts';
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
  /** Of the runs that the summary shows; null where nothing was analysed. */
  analysis: Analysis | null;
}

/** With the charts of an analysis where there is one; what in it is of other runs than those shown is left out, and said. */
export function reportContent(
  plan: ExperimentPlan,
  records: readonly RunRecord[],
  analysis: Analysis | null = null,
): ReportContent {
  const summary = summarize(plan, records);
  const current = analysis && currentAnalysis(analysis, summary);
  return {
    plan,
    records,
    summary,
    answer: answer(summary),
    table: summaryTable(summary),
    certainty: certaintyTable(summary),
    forgetting: forgettingTable(summary),
    charts: [...charts(summary, records), ...(current ? analysisCharts(summary, current.analysis) : [])],
    samples: samples(summary),
    run: [...whatWasRun(plan, records), ...(current ? [analysisTerm(current.outdated)] : [])],
    stopped: stoppedRuns(records),
    analysis: current && current.analysis,
  };
}

const analysisTerm = (outdated: readonly string[]): [string, string] => [
  'analysis',
  outdated.length === 0
    ? 'of the runs shown'
    : `out of date for ${listText(outdated)}, which is left out of its charts; analyse the folder again`,
];
