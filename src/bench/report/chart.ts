/** All ratios on one axis, with what they are to reach. */
import type { TopLevelSpec } from 'vega-lite';
import { type Chart, legendOf, titleLines } from '../../report/chart.ts';
import { palette } from '../../report/palette.ts';
import { plotWidth } from '../../report/theme.ts';
import type { BenchRecord, MeasuredFigure, MeasuredRow } from '../record.ts';

/** A ratio where less is better: of a row where more is better, its inverse. */
interface RatioRow {
  readonly label: string;
  readonly ratio: number;
  readonly reach: number | null;
  readonly verdict: Verdict;
}

const verdicts = ['reached', 'missed', 'no figure set'] as const;
type Verdict = (typeof verdicts)[number];

/** Null where nothing was compared. */
export function ratioChart({ rows, peer }: BenchRecord): Chart | null {
  const ratios = rows.flatMap(ratiosOf);
  if (ratios.length === 0) return null;
  const set = ratios.filter(({ reach }) => reach !== null);
  const reached = set.filter(({ verdict }) => verdict === 'reached').length;
  const title =
    set.length === 0
      ? 'Ours beside the peer'
      : `${reached} of ${set.length} figures ${reached === 1 ? 'is' : 'are'} reached`;
  return {
    name: 'ratios',
    title,
    howToRead: `Ours divided by ${peer ? 'the peer, or by what the label names' : 'what the label names'}, on a log scale: left of the line at 1 ours needs less. Where more is better (tokens a second) the inverse is shown. A tick is what a ratio is to reach.`,
    spec: ratioSpec(ratios, title),
  };
}

function ratiosOf(row: MeasuredRow): RatioRow[] {
  const turned = (ratio: number): number => (row.better === 'lower' ? ratio : 1 / ratio);
  const isRatioOfRow = ({ against, ratio }: MeasuredFigure): boolean => against === 'peer' && ratio === row.ratio;
  const figures = row.figures.flatMap((figure): RatioRow[] => {
    const { what, against, ratio, reach, reached } = figure;
    if (ratio === null || ratio <= 0) return [];
    return [
      {
        label: isRatioOfRow(figure)
          ? row.name
          : against === 'peer'
            ? `${row.name}: ${what}`
            : `${row.name} / ${against}`,
        ratio: turned(ratio),
        reach: turned(reach),
        verdict: reached ? 'reached' : 'missed',
      },
    ];
  });
  if (row.ratio === null || row.ratio <= 0 || row.figures.some(isRatioOfRow)) return figures;
  return [{ label: row.name, ratio: turned(row.ratio), reach: null, verdict: 'no figure set' }, ...figures];
}

function ratioSpec(rows: readonly RatioRow[], title: string): TopLevelSpec {
  const { color, shape } = palette(verdicts);
  const labels = rows.map(({ label }) => label);
  const y = {
    field: 'label',
    type: 'nominal',
    sort: labels,
    title: null,
    axis: { grid: true, labelLimit: 420 },
  } as const;
  const scale = { type: 'log', nice: false, padding: 12 } as const;
  return {
    title: { text: titleLines(title) },
    width: plotWidth,
    height: { step: 18 },
    usermeta: legendOf(verdicts),
    layer: [
      {
        data: { values: [{ one: 1 }] },
        mark: { type: 'rule', style: 'guide', strokeDash: [4, 3] },
        encoding: { x: { field: 'one', type: 'quantitative', scale } },
      },
      {
        data: { values: rows.filter(({ reach }) => reach !== null) },
        mark: { type: 'tick', thickness: 2, height: 12, style: 'guide' },
        encoding: { y, x: { field: 'reach', type: 'quantitative', scale } },
      },
      {
        data: { values: [...rows] },
        mark: { type: 'point', filled: true, size: 70, opacity: 1 },
        encoding: {
          y,
          x: { field: 'ratio', type: 'quantitative', title: 'ratio (log scale); less is better', scale },
          color: { field: 'verdict', type: 'nominal', scale: color },
          shape: { field: 'verdict', type: 'nominal', scale: shape },
        },
      },
    ],
  };
}
