import type { TopLevelSpec } from 'vega-lite';
import type { Analysis, VariantAnalysis } from '../../results/analysis.ts';
import type { Summary } from '../../results/summary.ts';
import { type Chart, titleLines } from '../chart.ts';
import { fixed, significant } from '../numberText.ts';
import { plotWidth } from '../theme.ts';
import { type LayerPlace, layerPlace } from './byLayer.ts';
import { mostPanels, ranksOfManySpec } from './ranksOfMany.ts';

/** A rank at one place, the mean over seeds. */
export interface LayerRankRow extends LayerPlace {
  variant: string;
  rank: number;
}

/** In how many directions each map was changed, a panel per variant. Null where no site lies in a layer. */
export function effectiveRanksByLayer(variants: readonly string[], analysis: Analysis): Chart | null {
  const rows = variants.flatMap((variant) => {
    const analysed = analysis.variants[variant] as VariantAnalysis | undefined;
    return (analysed?.sites ?? []).flatMap((site, i) => {
      const known = analysed!.runs.flatMap(({ effectiveRank }) => effectiveRank[i] ?? []);
      return rowOf(variant, analysis.sites[site].name, known);
    });
  });
  if (rows.length === 0) return null;
  const title = `The change of most directions is that of ${placeText(most(rows))}`;
  return {
    name: 'effective-ranks-by-layer',
    title,
    howToRead: `Effective rank of ΔW (the exponential of the entropy of its singular values) of each adapted map by layer, as the mean over seeds; ${coloured(rows)} Yellow: the change is spread over many directions; no colour: nothing changed.`,
    spec: ranksByLayerSpec(rows, title, 'effective rank'),
  };
}

/** What rank allocators left in the end, by layer (AdaLoRA's figure 3). Null where none did. */
export function finalRanksByLayer(summary: Summary): Chart | null {
  const rows = summary.variants.flatMap(({ variant, best }) => {
    const ends = (best?.runs ?? []).flatMap(({ ranks }) => (ranks && ranks.active.length > 0 ? [ranks] : []));
    return (ends[0]?.sites ?? []).flatMap((site, i) =>
      rowOf(
        variant,
        site,
        ends.map(({ active }) => active[active.length - 1][i]),
      ),
    );
  });
  if (rows.length === 0) return null;
  const title = `Most rank is left to ${placeText(most(rows))}`;
  return {
    name: 'final-ranks-by-layer',
    title,
    howToRead: `Rank that the allocator left to each map at the end of training, by layer, as the mean over seeds at the best rate; ${coloured(rows)} Yellow: it needed the directions; dark: they were taken away.`,
    spec: ranksByLayerSpec(rows, title, 'final rank'),
  };
}

/** What the colours of a panel, or of a row where variants are rows, go by. */
function coloured(rows: readonly LayerRankRow[]): string {
  return new Set(rows.map(({ variant }) => variant)).size > mostPanels
    ? 'above the mean over layers, below that over modules. Every row has colours of its own, from its smallest to its largest value.'
    : 'every panel has colours of its own, from its smallest to its largest value.';
}

function rowOf(variant: string, site: string, ranks: readonly number[]): LayerRankRow[] {
  const place = layerPlace(site);
  if (!place || ranks.length === 0) return [];
  return [{ variant, ...place, rank: ranks.reduce((a, b) => a + b, 0) / ranks.length }];
}

const most = (rows: readonly LayerRankRow[]): LayerRankRow => rows.reduce((a, b) => (b.rank > a.rank ? b : a));

const placeText = ({ variant, layer, module, rank }: LayerRankRow): string =>
  `${module} in layer ${layer}: ${significant(rank, 2)} (${variant})`;

export function ranksByLayerSpec(rows: readonly LayerRankRow[], title: string, what: string): TopLevelSpec {
  const variants = [...new Set(rows.map(({ variant }) => variant))];
  const modules = [...new Set(rows.map(({ module }) => module))];
  const layers = [...new Set(rows.map(({ layer }) => layer))].sort((a, b) => a - b);
  if (variants.length > mostPanels) return ranksOfManySpec(rows, { variants, modules, layers }, title, what);
  const isRoom = layers.length <= 16;
  return {
    title: { text: titleLines(title) },
    spacing: 12,
    resolve: { scale: { color: 'independent' } },
    vconcat: variants.map((variant) => {
      const own = rows.filter((row) => row.variant === variant);
      const ranks = own.map(({ rank }) => rank);
      const [low, high] = [Math.min(...ranks), Math.max(...ranks)];
      const values = own.map((row) => ({
        ...row,
        text: fixed(row.rank, 1),
        isDark: high === low || row.rank - low < 0.6 * (high - low),
      }));
      const last = variant === variants.at(-1);
      return {
        title: { text: variant, fontSize: 12, offset: 5 },
        width: plotWidth,
        height: { step: 18 },
        data: { values },
        encoding: {
          x: {
            field: 'layer',
            type: 'ordinal',
            title: last ? 'layer' : null,
            scale: { domain: layers },
            axis: { labelAngle: 0, labels: last, ticks: last, domain: false, labelOverlap: true },
          },
          y: { field: 'module', type: 'nominal', sort: modules, title: null, axis: { labelLimit: 200 } },
        },
        layer: [
          {
            mark: { type: 'rect' },
            encoding: {
              color: {
                field: 'rank',
                type: 'quantitative',
                title: what,
                scale: { scheme: 'viridis', domain: [low, high === low ? low + 1 : high] },
                legend: null,
              },
            },
          },
          ...(isRoom
            ? [
                {
                  name: `values-${variants.indexOf(variant)}`,
                  mark: { type: 'text' as const, fontSize: 11 },
                  encoding: {
                    text: { field: 'text' },
                    color: { condition: { test: 'datum.isDark', value: '#ffffff' }, value: '#111111' },
                  },
                },
              ]
            : []),
        ],
      };
    }),
  };
}
