import type { TopLevelSpec } from 'vega-lite';
import { budgetCurve, type BudgetRow } from '../../analysis/budgetCurve.ts';
import { rankHeatMap, type RankRow } from '../../analysis/rankHeatMap.ts';
import { fileNameOf } from '../../results/store.ts';
import type { Summary } from '../../results/summary.ts';
import { type Chart, titleLines } from '../chart.ts';
import { fixed } from '../numberText.ts';
import { plotWidth } from '../theme.ts';

/** A chart for every variant that allocates ranks, at its best rate. */
export function adaloraRanks(summary: Summary): Chart[] {
  return summary.variants.flatMap(({ variant, best }) => {
    const tables = (best?.runs ?? []).flatMap(({ ranks }) => ranks ?? []);
    if (tables.length === 0 || tables[0].step.length === 0 || tables[0].sites.length === 0) return [];
    const rows = rankHeatMap(tables);
    const budget = budgetCurve(tables);
    const last = rows.filter(({ until }) => until === rows[rows.length - 1].until);
    const [few, many] = [
      last.reduce((a, b) => (b.rank < a.rank ? b : a)),
      last.reduce((a, b) => (b.rank > a.rank ? b : a)),
    ];
    const text = ({ rank, site }: RankRow): string => `${fixed(rank, Number.isInteger(rank) ? 0 : 1)} (${site})`;
    const title =
      few.rank === many.rank
        ? `${variant} leaves every site at rank ${fixed(few.rank, 1)}`
        : `${variant} leaves ranks from ${text(few)} to ${text(many)}`;
    return [
      {
        name: `ranks-${fileNameOf(variant)}`,
        title,
        howToRead: `Above, the sum of ranks that the schedule allows (dashed) and that is active (line); below, the active rank of every site, yellow is much, dark blue little. Mean over ${tables.length === 1 ? 'one seed' : `${tables.length} seeds`} at the best rate.`,
        spec: adaloraRanksSpec(rows, budget, title),
        variant,
      },
    ];
  });
}

export function adaloraRanksSpec(rows: readonly RankRow[], budget: readonly BudgetRow[], title: string): TopLevelSpec {
  const sites = [...new Set(rows.map(({ site }) => site))];
  const steps = [rows[0].step, rows[rows.length - 1].until];
  const scale = { domain: steps, nice: false, zero: false } as const;
  return {
    title: { text: titleLines(title) },
    spacing: 8,
    vconcat: [
      {
        width: plotWidth,
        height: 90,
        data: { values: [...budget] },
        encoding: {
          x: {
            field: 'step',
            type: 'quantitative',
            scale,
            axis: { labels: false, ticks: false, title: null, grid: false },
          },
        },
        layer: [
          {
            mark: { type: 'line', interpolate: 'step-after', strokeDash: [5, 4], style: 'guide', opacity: 0.8 },
            encoding: {
              y: {
                field: 'budget',
                type: 'quantitative',
                title: 'sum of ranks',
                axis: { tickCount: 4 },
                scale: { zero: true },
              },
            },
          },
          {
            mark: { type: 'line', interpolate: 'step-after', color: '#1a7fc1' },
            encoding: { y: { field: 'active', type: 'quantitative' } },
          },
        ],
      },
      {
        width: plotWidth,
        height: { step: sites.length > 40 ? 9 : 18 },
        data: { values: [...rows] },
        mark: 'rect',
        encoding: {
          x: {
            field: 'step',
            type: 'quantitative',
            scale,
            title: 'training step',
            axis: { grid: false, tickCount: 6 },
          },
          x2: { field: 'until' },
          y: { field: 'site', type: 'nominal', sort: null, title: null, axis: { labelLimit: 200, labelOverlap: true } },
          color: {
            field: 'rank',
            type: 'quantitative',
            scale: { scheme: 'viridis', zero: true },
            legend: {
              orient: 'bottom',
              title: 'active rank',
              titleOrient: 'left',
              direction: 'horizontal',
              gradientLength: 160,
              tickMinStep: 1,
            },
          },
        },
      },
    ],
  };
}
