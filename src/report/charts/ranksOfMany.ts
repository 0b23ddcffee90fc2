import type { TopLevelSpec } from 'vega-lite';
import { mean } from '../../statistics/mean.ts';
import { titleLines } from '../chart.ts';
import { fixed } from '../numberText.ts';
import { plotWidth } from '../theme.ts';
import type { LayerRankRow } from './ranksByLayer.ts';

/** Of more variants than these a panel each, layers by modules, would be pages long. */
export const mostPanels = 8;

/** Ranks of many variants: a row for each, by module and below that by layer, each time the mean over the other. */
export function ranksOfManySpec(
  rows: readonly LayerRankRow[],
  of: { variants: readonly string[]; modules: readonly string[]; layers: readonly number[] },
  title: string,
  what: string,
): TopLevelSpec {
  const modules = { by: 'module', columns: shortModules(of.modules), valueOf: (row: LayerRankRow) => row.module };
  const layers = { by: 'layer', columns: new Map(of.layers.map((layer) => [`${layer}`, `${layer}`])) };
  return {
    title: { text: titleLines(title) },
    spacing: 16,
    resolve: { scale: { color: 'shared' } },
    vconcat: [modules, { ...layers, valueOf: (row: LayerRankRow) => `${row.layer}` }].map(
      ({ by, columns, valueOf }) => ({
        width: plotWidth,
        height: { step: 17 },
        data: { values: of.variants.flatMap((variant) => cells(variant, rows, columns, valueOf)) },
        encoding: {
          x: {
            field: 'column',
            type: 'nominal' as const,
            title: by,
            scale: { domain: [...columns.values()] },
            axis: { labelAngle: by === 'module' ? -30 : 0, domain: false, ticks: false, labelOverlap: by === 'layer' },
          },
          y: {
            field: 'variant',
            type: 'nominal' as const,
            sort: [...of.variants],
            title: null,
            axis: { labelLimit: 220 },
          },
        },
        layer: [
          {
            mark: { type: 'rect' as const },
            encoding: {
              color: {
                field: 'share',
                type: 'quantitative' as const,
                title: what,
                scale: { scheme: 'viridis' as const, domain: [0, 1] },
                legend: null,
              },
            },
          },
          ...(columns.size > 16
            ? []
            : [
                {
                  name: `values-${by}`,
                  mark: { type: 'text' as const, fontSize: 11 },
                  encoding: {
                    text: { field: 'text' },
                    color: { condition: { test: 'datum.share < 0.6', value: '#ffffff' }, value: '#111111' },
                  },
                },
              ]),
        ],
      }),
    ),
  };
}

/** The cells of a row, each with its share of the way from the row's smallest to its largest rank. */
function cells(
  variant: string,
  rows: readonly LayerRankRow[],
  columns: ReadonlyMap<string, string>,
  valueOf: (row: LayerRankRow) => string,
) {
  const own = [...columns].flatMap(([value, column]) => {
    const ranks = rows.filter((row) => row.variant === variant && valueOf(row) === value).map(({ rank }) => rank);
    return ranks.length === 0 ? [] : [{ column, rank: mean(ranks) }];
  });
  const [low, high] = [Math.min(...own.map(({ rank }) => rank)), Math.max(...own.map(({ rank }) => rank))];
  return own.map(({ column, rank }) => ({
    variant,
    column,
    rank,
    share: high === low ? 0 : (rank - low) / (high - low),
    text: fixed(rank, rank < 10 ? 1 : 0),
  }));
}

/** By their last part, where that is enough to tell them apart. */
function shortModules(modules: readonly string[]): Map<string, string> {
  const last = modules.map((module) => module.split('.').at(-1)!);
  const isEnough = new Set(last).size === modules.length;
  return new Map(modules.map((module, i) => [module, isEnough ? last[i]! : module]));
}
