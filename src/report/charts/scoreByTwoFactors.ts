import type { TopLevelSpec } from 'vega-lite';
import { fileNameOf } from '../../results/store.ts';
import type { Summary, VariantSummary } from '../../results/summary.ts';
import { type Chart, titleLines } from '../chart.ts';
import { fixed } from '../numberText.ts';
import { plotWidth } from '../theme.ts';
import { levelText } from './factorDesign.ts';

/** The variant at two levels: its mean test loss on the target over seeds, in nats. */
export interface CellRow {
  variant: string;
  x: string;
  y: string;
  lossNats: number;
  text: string;
  /** Whether the text has to be light to stand out. */
  dark: boolean;
}

const fewestLevels = 3;
/** Share of all combinations that must be there for a table of them to say something. */
const fewestCells = 0.7;

/** A table in colour of the two factors of a design of two, where each has three levels or more. Null elsewhere. */
export function scoreByTwoFactors({ variants }: Summary): Chart | null {
  const placed = variants.filter(({ best, factors }) => best !== null && Object.keys(factors).length > 0);
  const names = [...new Set(placed.flatMap(({ factors }) => Object.keys(factors)))].filter(
    (name) => levelsOf(placed, name).length > 1,
  );
  if (names.length !== 2) return null;
  const [y, x] = [...names].sort((a, b) => levelsOf(placed, a).length - levelsOf(placed, b).length) as [string, string];
  const members = placed.filter(({ factors }) => x in factors && y in factors);
  const cells = new Set(members.map(({ factors }) => JSON.stringify([factors[x], factors[y]])));
  const [columns, rows] = [levelsOf(members, x), levelsOf(members, y)];
  if (Math.min(columns.length, rows.length) < fewestLevels || cells.size < members.length) return null;
  if (cells.size < fewestCells * columns.length * rows.length) return null;
  const values = cellRows(members, x, y);
  const best = values.reduce((low, one) => (one.lossNats < low.lossNats ? one : low));
  const title = `Mean target loss by ${x} and ${y}: lowest, ${best.text}, at ${x} ${best.x} and ${y} ${best.y}`;
  return {
    name: `score-by-${fileNameOf(x)}-and-${fileNameOf(y)}`,
    title,
    howToRead:
      'Mean test loss on the target over seeds, in nats per token, of each variant at its best rate: yellow is low and good, dark is high. Intervals are in the chart of each factor.',
    spec: scoreByTwoFactorsSpec(values, { x, y, columns, rows }, title),
  };
}

function cellRows(members: readonly VariantSummary[], x: string, y: string): CellRow[] {
  const losses = members.map(({ best }) => best!.learn.lossNats.mean);
  const middle = (Math.min(...losses) + Math.max(...losses)) / 2;
  return members.map(({ variant, factors }, i) => ({
    variant,
    x: textOf(factors[x]!),
    y: textOf(factors[y]!),
    lossNats: losses[i]!,
    text: fixed(losses[i]!, 3),
    dark: losses[i]! > middle,
  }));
}

export function scoreByTwoFactorsSpec(
  values: readonly CellRow[],
  { x, y, columns, rows }: { x: string; y: string; columns: readonly string[]; rows: readonly string[] },
  title: string,
): TopLevelSpec {
  return {
    title: { text: titleLines(title) },
    width: plotWidth,
    height: { step: 44 },
    data: { values: [...values] },
    encoding: {
      x: {
        field: 'x',
        type: 'ordinal',
        sort: [...columns],
        title: x,
        axis: { labelAngle: 0, domain: false, ticks: false },
      },
      y: { field: 'y', type: 'ordinal', sort: [...rows], title: y },
    },
    layer: [
      {
        mark: { type: 'rect' },
        encoding: {
          color: {
            field: 'lossNats',
            type: 'quantitative',
            title: 'nats per token',
            scale: { scheme: 'viridis', reverse: true, zero: false },
            legend: null,
          },
        },
      },
      {
        name: 'values',
        mark: { type: 'text', fontSize: 12 },
        encoding: {
          text: { field: 'text' },
          color: { condition: { test: 'datum.dark', value: '#ffffff' }, value: '#111111' },
        },
      },
    ],
  };
}

/** In order; numbers by their size. */
function levelsOf(rows: readonly VariantSummary[], name: string): string[] {
  const levels = [...new Set(rows.flatMap(({ factors }) => factors[name] ?? []))];
  return levels.sort((a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : 0)).map(textOf);
}

const textOf = (level: number | string): string => (typeof level === 'number' ? levelText(level) : level);
