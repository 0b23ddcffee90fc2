import { claimsHeadline } from '../claims/page.ts';
import { row, text } from '../markdown.ts';
import type { MainContent } from './content.ts';
import { type ReportedExperiment, mainChart, pictureHref, reportHref } from './experiments.ts';
import { shortTable } from './shortTable.ts';

/** The main report as Markdown. */
export function mainMarkdown({ experiments, summary, fairness, claims, machine }: MainContent): string {
  const lines = [
    '# Results',
    '',
    text(summary),
    '',
    claims.length > 0 ? `[${text(claimsHeadline(claims))}](claims.md)` : text(claimsHeadline(claims)),
    '',
    ...experiments.flatMap(section),
    '## How comparisons go wrong, and what is done about it',
    '',
    ...fairness.flatMap(({ danger, remedy, figures }) => [
      `1. **${text(danger)}** ${text(remedy)}`,
      ...figures.map((figure) => `   - ${text(figure)}`),
    ]),
    '',
    '## Machines, versions, time',
    '',
    ...machine.map(([term, words]) => `- ${text(term)}: ${text(words)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function section({ folder, content }: ReportedExperiment): string[] {
  const { plan, answer, summary } = content;
  const { head, rows } = shortTable(summary);
  const chart = mainChart(content);
  return [
    `## ${text(plan.experiment)}`,
    '',
    text(plan.question),
    '',
    `**${text(answer.brief)}**`,
    '',
    row(head),
    row(head.map(() => '---')),
    ...rows.map(row),
    '',
    ...(chart ? [`![${text(chart.title)}](${pictureHref(folder, chart)})`, ''] : []),
    `[The whole report](${reportHref(folder, 'summary.md')}) · \`${plan.command.replaceAll('`', "'")}\``,
    '',
  ];
}
