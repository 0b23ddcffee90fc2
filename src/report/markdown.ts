import type { ReportContent } from './content.ts';
import { howForgotten, howSure } from './howToRead.ts';
import type { Table } from './table.ts';

/** The report as Markdown: the answer, the table, the charts as links, what was run. */
export function reportMarkdown(content: ReportContent): string {
  const { plan, summary, answer, charts, run, stopped } = content;
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
    ...tableLines(content.table),
    '## How sure',
    '',
    text(howSure),
    '',
    ...tableLines(content.certainty),
    '## Forgetting at the same target loss',
    '',
    text(howForgotten),
    '',
    ...tableLines(content.forgetting),
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

/** A table, line by line, and an empty line. */
export function tableLines({ head, rows }: Table): string[] {
  return [row(head), row(head.map(() => '---')), ...rows.map(row), ''];
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
