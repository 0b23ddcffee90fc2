/** An analysis in some lines: means over sites and seeds, a variant a line. */
import type { Analysis, RunAnalysis } from '../results/analysis.ts';
import { significant } from '../report/numberText.ts';

type Column = readonly (number | null)[];

const columns: readonly (readonly [head: string, of: (run: RunAnalysis) => Column])[] = [
  ['‖ΔW‖/‖W‖', ({ relativeNorm }) => relativeNorm],
  ['effective rank', ({ effectiveRank }) => effectiveRank],
  ['stable rank', ({ stableRank }) => stableRank],
  ['amplification', ({ amplification }) => amplification.factor],
  ['intruders at 0.5', ({ intruders }) => intruders['0.5'] ?? []],
  ['ΔM and ΔD correlate', ({ movement }) => [movement?.correlation ?? null]],
];

export function analysedText({ variants }: Analysis): string {
  const rows = Object.entries(variants).map(([name, { runs }]) => [
    name,
    ...columns.map(([, of]) => meanText(runs.flatMap(of))),
  ]);
  const table = [['mean over sites and seeds', ...columns.map(([head]) => head)], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '))
    .join('\n');
}

function meanText(values: Column): string {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? '–' : significant(known.reduce((sum, value) => sum + value, 0) / known.length, 3);
}
