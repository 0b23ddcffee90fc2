import type { ReportContent } from './content.ts';

/** The report as Markdown: the answer, the table, the charts as links, what was run. */
export function reportMarkdown({ plan, summary, answer, table, charts, run, stopped }: ReportContent): string {
  const lines = [
    `# ${text(summary.experiment)}`,
    '',
    text(plan.question),
    '',
    `**${text(answer.headline)}**`,
    '',
    ...answer.variants.map(({ sentences }) => `- ${text(sentences.join(' '))}`),
    '',
    ...answer.caveats.flatMap((line) => [text(line), '']),
    row(table.head),
    row(table.head.map(() => '---')),
    ...table.rows.map(row),
    '',
    '## Charts',
    '',
    ...charts.flatMap(({ name, title, howToRead }) => [
      `![${text(title)}](charts/${encodeURI(name)}.svg)`,
      '',
      text(howToRead),
      '',
    ]),
    '## What was run',
    '',
    ...run.map(([term, value]) => `- ${text(term)}: ${code(value)}`),
    ...(stopped.length > 0 ? ['', '## Runs that diverged or failed', ''] : []),
    ...stopped.map(({ run: name, status, error }) => `- ${text(name)}: ${status}. ${code(error)}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** A row of a table. */
export function row(cells: readonly string[]): string {
  return `| ${cells.map(text).join(' | ')} |`;
}

/** Text that Markdown shows as it is, on one line. */
export function text(value: string): string {
  return value.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#~]/g, '\\$&');
}

/** Text as code: fenced by more backticks than it holds. */
function code(value: string): string {
  const fence = '`'.repeat(1 + Math.max(0, ...(value.match(/`+/g) ?? []).map(({ length }) => length)));
  const pad = value.startsWith('`') || value.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${value.replace(/\s+/g, ' ')}${pad}${fence}`;
}
