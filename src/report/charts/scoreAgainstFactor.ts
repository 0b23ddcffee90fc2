import type { TopLevelSpec } from 'vega-lite';
import { fileNameOf } from '../../results/store.ts';
import type { Summary } from '../../results/summary.ts';
import { type Chart, legendOf, titleLines } from '../chart.ts';
import { fixed, listText } from '../numberText.ts';
import { palette } from '../palette.ts';
import { plotWidth } from '../theme.ts';
import { type FactorDesign, factorDesigns, levelText, spansDecade } from './factorDesign.ts';
import { acrossLayers, nameAt } from './acrossLines.ts';
import { type FactorPanel, factorPanels } from './factorPanels.ts';
import { intervalFrame } from './intervalFrame.ts';

/** A chart for every numeric factor: scores against its levels, a line for each combination of the other factors. */
export function scoreAgainstFactor(summary: Summary): Chart[] {
  return factorDesigns(summary).map((design) => {
    const title = factorTitle(design);
    return {
      name: `score-against-${fileNameOf(design.factor)}`,
      title,
      howToRead: howToRead(design),
      spec: scoreAgainstFactorSpec(design, factorPanels(design), title),
    };
  });
}

const spacing = 28;

export function scoreAgainstFactorSpec(
  { factor, levels, lines, facets }: FactorDesign,
  panels: readonly FactorPanel[],
  title: string,
): TopLevelSpec {
  const { color, shape } = palette(lines);
  const isLog = spansDecade(levels);
  const legend = lines.length > 1 ? {} : { legend: null };
  const x = (isLast: boolean) => ({
    field: 'level',
    type: 'quantitative' as const,
    title: isLast ? `${factor}${isLog ? ' (log scale)' : ''}` : null,
    scale: { ...(isLog ? { type: 'log' as const } : { zero: false }), domain: frame(levels, isLog), nice: false },
    axis: {
      values: [...levels],
      format: levels.every(Number.isInteger) ? ',' : '~g',
      labelOverlap: true,
      grid: false,
      labels: isLast,
      ticks: isLast,
    },
  });
  const width = Math.floor((plotWidth - spacing * (facets.length - 1)) / facets.length);
  return {
    title: { text: titleLines(title) },
    usermeta: legendOf(lines),
    spacing: 14,
    vconcat: panels.map((panel, index) => ({
      spacing,
      // Columns as wide as their plots, so that those of all rows stand above each other.
      bounds: 'flush' as const,
      hconcat: panel.facets.map(({ facet, rows }, column) => {
        const y = {
          field: 'score',
          type: 'quantitative' as const,
          title: column === 0 ? panel.title : null,
          scale: { domain: scoreFrame(panel), nice: false, zero: false },
          axis: { tickCount: 5, labels: column === 0 },
        };
        const at = { x: x(index === panels.length - 1), y };
        const ofLine = { color: { field: 'line', type: 'nominal' as const, scale: color, ...legend } };
        return {
          width,
          height: panels.length === 1 ? 300 : 210,
          layer: [
            ...acrossLayers(panel.across, y, scoreFrame(panel), nameAt(panel, levels, column)),
            ...(facets.length > 1 ? [facetLabel(facet)] : []),
            {
              data: { values: rows.filter(({ joined }) => joined) },
              mark: 'line' as const,
              encoding: { ...at, ...ofLine },
            },
            {
              data: { values: rows },
              mark: { type: 'rule' as const, strokeWidth: 1.5, opacity: 0.6, clip: true },
              encoding: { ...at, ...ofLine, y: { ...y, field: 'low' }, y2: { field: 'high' } },
            },
            {
              data: { values: rows },
              mark: { type: 'point' as const, filled: true, size: 70, opacity: 1 },
              encoding: {
                ...at,
                ...ofLine,
                shape: { field: 'line', type: 'nominal' as const, scale: shape, ...legend },
              },
            },
          ],
        };
      }),
    })),
  };
}

/** In the plot: the title of a part would move it against its neighbours. */
const facetLabel = (facet: string) => ({
  data: { values: [{ facet }] },
  mark: {
    type: 'text' as const,
    style: 'note',
    fontWeight: 'bold' as const,
    align: 'left' as const,
    baseline: 'bottom' as const,
    dy: -4,
  },
  encoding: {
    x: { value: 0 },
    y: { value: 0 },
    text: { field: 'facet' },
  },
});

/** Room beside the first and the last level. */
function frame(levels: readonly number[], isLog: boolean): [number, number] {
  const [low, high] = [levels[0]!, levels.at(-1)!];
  if (isLog) return [low / (high / low) ** 0.04, high * (high / low) ** 0.04];
  return [low - 0.04 * (high - low), high + 0.04 * (high - low)];
}

/** The same for all facets of a score, and of a share no more than there can be. */
function scoreFrame({ facets, across, isShare }: FactorPanel): [number, number] {
  const rows = facets.flatMap((facet) => facet.rows);
  const [low, high] = intervalFrame(
    rows.map(({ score, ...bounds }) => ({ mean: score, low: bounds.low, high: bounds.high })),
    across.map(({ score }) => score),
  );
  return isShare ? [Math.max(low, -0.04 * high), Math.min(high, 1.03)] : [low, high];
}

function factorTitle({ factor, places }: FactorDesign): string {
  const best = places.reduce((low, one) =>
    one.row.best.learn.lossNats.mean < low.row.best.learn.lossNats.mean ? one : low,
  );
  const where = [best.facet, best.line].filter((text) => text !== '').join(', ');
  const loss = fixed(best.row.best.learn.lossNats.mean, 3);
  return `Lowest mean target loss: ${loss} at ${factor} ${levelText(best.level)}${where === '' ? '' : ` (${where})`}`;
}

function howToRead(design: FactorDesign): string {
  const { factor, lines, facets, others, places } = design;
  const joined = factorPanels(design)[0]!.facets.every(({ rows }) => rows.every((row) => row.joined));
  return [
    `Each mark is a variant at its best rate on test data, the mean over seeds with its 95\u00a0% interval${places.some(({ row }) => row.best.learn.lossNats.interval === null) ? ' where there are several' : ''}.`,
    ...(lines.length > 1 || facets.length > 1 ? [`A line joins variants that differ in ${factor} alone.`] : []),
    ...(joined
      ? []
      : ['Marks at the same place of the same line are of variants whose factors are the same: they are not joined.']),
    ...(others.length > 0
      ? [
          `${others.length === 1 ? 'The dashed line is' : 'Dashed lines are'} ${listText(others.map(({ variant }) => variant))}, which ${others.length === 1 ? 'has' : 'have'} no ${factor}.`,
        ]
      : []),
  ].join(' ');
}
