/** The table to read. */
import { row as tableRow, text } from '../../report/markdown.ts';
import { bytesText, significant } from '../../report/numberText.ts';
import type { Environment } from '../../results/record/environment.ts';
import type { BenchRecord, MeasuredRow, Spread } from '../record.ts';
import { ratioChart } from './chart.ts';
import { figureText, valueText } from './figureText.ts';

export function benchMarkdown(record: BenchRecord): string {
  const { machine, ours, peer, quick, rows } = record;
  const chart = ratioChart(record);
  const head = ['row', 'ours', 'peer', 'ratio', 'engine', 'threads', 'figures'];
  const lines = [
    '# Measurements',
    '',
    ...(quick ? ['**A quick run: few repetitions of little work. These numbers are not to be reported.**', ''] : []),
    `- machine: ${text(`${machine.cpu}, ${machine.cores} cores, ${bytesText(machine.memoryBytes)}, ${machine.platform}`)}`,
    `- ours: ${text(sideText(ours))}`,
    `- peer: ${peer ? text(sideText(peer)) : 'not measured (--peer)'}`,
    '',
    'Medians, with the quartiles in brackets; the ratio is that of the medians, ours by the peer’s. Both sides took turns in one run.',
    '',
    tableRow(head),
    tableRow(head.map(() => '---')),
    ...rows.map((row) => tableRow(cells(row))),
    '',
    ...(chart ? [`![${text(chart.title)}](ratios.svg)`, '', text(chart.howToRead), ''] : []),
    '## What the rows are',
    '',
    ...rows.map(({ name, what }) => `- ${text(name)}: ${text(what)}`),
  ];
  return `${lines.join('\n')}\n`;
}

const sideText = ({ engine, reason, threads, kernels, versions, commit }: Environment): string =>
  [
    `${engine} (${reason})`,
    `${threads} ${threads === 1 ? 'thread' : 'threads'} unless a row says otherwise`,
    ...(kernels ? [`kernels for ${kernels}`] : []),
    ...Object.entries(versions).map(([name, version]) => `${name} ${version}`),
    ...(commit === null ? [] : [`commit ${commit}`]),
  ].join(', ');

function cells(row: MeasuredRow): string[] {
  const { name, unit, ours, oursSpread, peer, peerSpread, ratio, engine, threads, figures, peakBytes } = row;
  const memory = peakBytes && [
    `peak memory ${bytesText(peakBytes.ours)}${peakBytes.peer === null ? '' : `, peer ${bytesText(peakBytes.peer)}`}`,
  ];
  const why = row.error !== null ? 'failed' : row.skipped !== null ? 'skipped' : undefined;
  return [
    name,
    valueText(ours, unit, why) + spreadText(oursSpread),
    valueText(peer, unit) + spreadText(peerSpread),
    ratio === null ? '–' : significant(ratio, 3),
    engine,
    threads === null ? '–' : String(threads),
    [
      ...figures.map((figure) => figureText(figure, row)),
      ...(memory ?? []),
      ...Object.entries(row.counts).map(([what, count]) => `${what}: ${count}`),
      ...[row.error ?? row.skipped ?? []].flat(),
    ].join('; '),
  ];
}

const spreadText = (spread: Spread | null): string =>
  spread === null ? '' : ` (${significant(spread.low, 3)} to ${significant(spread.high, 3)})`;
