import type { Chart } from '../chart.ts';
import type { ReportContent } from '../content.ts';

/** An experiment of the main report. */
export interface ReportedExperiment {
  /** Name of its folder below that of the main report. */
  folder: string;
  content: ReportContent;
}

/** Equal footing first, since it answers what everyone asks first; then by name. */
export function inOrder(experiments: readonly ReportedExperiment[]): ReportedExperiment[] {
  const isFirst = ({ content }: ReportedExperiment): boolean => content.plan.experiment.startsWith('equal-footing');
  return [...experiments].sort(
    (a, b) => Number(isFirst(b)) - Number(isFirst(a)) || a.folder.localeCompare(b.folder, 'en', { numeric: true }),
  );
}

/** The chart that shows an experiment's answer at once: scores against its factor where it has one, else the first; null without any. */
export function mainChart({ charts }: ReportContent): Chart | null {
  return charts.find(({ name }) => name.startsWith('score-against-')) ?? charts.at(0) ?? null;
}

/** Address of an experiment's own report, as seen from the main one: its page, or its Markdown. */
export function reportHref(folder: string, file: 'report.html' | 'summary.md'): string {
  return `${encodeURIComponent(folder)}/report/${file}`;
}

/** Address of the picture of a chart. */
export function pictureHref(folder: string, { name }: Pick<Chart, 'name'>): string {
  return `${encodeURIComponent(folder)}/report/charts/${encodeURIComponent(name)}.svg`;
}
