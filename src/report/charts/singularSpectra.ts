import type { TopLevelSpec } from 'vega-lite';
import type { Analysis, VariantAnalysis } from '../../results/analysis.ts';
import { type Chart, legendOf, titleLines } from '../chart.ts';
import { significant } from '../numberText.ts';
import { palette } from '../palette.ts';
import { logTicks } from './logTicks.ts';
import { plotHeight, plotWidth } from '../theme.ts';
import { mostTogether, panelsText, smallMultiples } from './smallMultiples.ts';

/** One singular value of the changes of a variant, counted from 1: the geometric mean over sites and seeds. */
export interface SpectrumRow {
  variant: string;
  index: number;
  value: number;
}

/** How the changes fall off, one line per variant. Null where nothing changed. */
export function singularSpectra(variants: readonly string[], analysis: Analysis): Chart | null {
  const rows = variants.flatMap((variant) => spectrumRows(variant, analysis.variants[variant]));
  if (rows.length === 0) return null;
  const title = spectraTitle(analysis);
  return {
    name: 'singular-spectra',
    title,
    howToRead:
      'Singular values of ΔW, the change of a kernel at the end of training, as geometric means over sites and seeds (log scales); as far as half of the changes have them, and the first 32 at most. A line that falls fast changes few directions; one that ends has no more.' +
      (variants.length > mostTogether ? panelsText(variants.length) : ''),
    spec: singularSpectraSpec(rows, variants, title),
  };
}

export function singularSpectraSpec(
  rows: readonly SpectrumRow[],
  variants: readonly string[],
  title: string,
): TopLevelSpec {
  const { color, dash, shape } = palette(variants);
  const shown = variants.filter((name) => rows.some(({ variant }) => variant === name));
  const x = {
    field: 'index',
    type: 'quantitative',
    title: 'singular value, counted from the largest',
    scale: { type: 'log', base: 2, nice: false, padding: 10 },
    axis: { values: [1, 2, 4, 8, 16, 32] as number[], format: 'd', grid: false, labelOverlap: true },
  } as const;
  const y = {
    field: 'value',
    type: 'quantitative',
    title: ['singular value of ΔW', '(log scale)'] as string[],
    scale: { type: 'log', nice: false, padding: 10 },
    axis: { values: logTicks(rows.map(({ value }) => value)), format: '~g', labelOverlap: true },
  } as const;
  const colored = { field: 'variant', type: 'nominal', scale: color } as const;
  if (variants.length > mostTogether)
    return smallMultiples({
      title: { text: titleLines(title) },
      rows,
      variants: shown,
      axes: 'singular value of ΔW against its place, counted from the largest (log scales)',
      x: { ...x, title: null },
      y: { ...y, title: null },
      layers: [
        { mark: 'line', encoding: { color: { ...colored, legend: null } } },
        // Shown as they are: vega-lite would filter a panel's points into data of the name of those behind.
        {
          mark: { type: 'point', filled: true, size: 14, opacity: 1, invalid: 'show' },
          encoding: { color: { ...colored, legend: null } },
        },
      ],
    });
  return {
    title: { text: titleLines(title) },
    width: plotWidth,
    height: plotHeight,
    usermeta: legendOf(variants),
    encoding: { x, y, color: colored },
    layer: [
      // Dashes as a mark's own, not as a scale: a legend would dash the outlines of its symbols too.
      ...shown.map((variant) => ({
        data: { values: rows.filter((row) => row.variant === variant) },
        mark: { type: 'line' as const, strokeDash: dash.range[variants.indexOf(variant)] },
      })),
      {
        data: { values: [...rows] },
        mark: { type: 'point' as const, filled: true, size: 45, opacity: 1 },
        encoding: { shape: { field: 'variant', type: 'nominal' as const, scale: shape } },
      },
    ],
  };
}

function spectrumRows(variant: string, analysed: VariantAnalysis | undefined): SpectrumRow[] {
  const spectra = (analysed?.runs ?? []).flatMap(({ spectrum }) => spectrum);
  const longest = Math.max(0, ...spectra.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => at).flatMap((at): SpectrumRow[] => {
    const values = spectra.flatMap((spectrum) => spectrum[at] ?? []);
    if (2 * values.length < spectra.length) return [];
    const logarithms = values.reduce((sum, value) => sum + Math.log(value), 0);
    return [{ variant, index: at + 1, value: Math.exp(logarithms / values.length) }];
  });
}

function spectraTitle({ variants }: Analysis): string {
  const ranks = Object.entries(variants).flatMap(([variant, { runs }]) => {
    const known = runs.flatMap(({ effectiveRank }) => effectiveRank).filter((value) => value !== null);
    return known.length === 0 ? [] : [{ variant, rank: known.reduce((a, b) => a + b, 0) / known.length }];
  });
  if (ranks.length === 0) return 'Singular values of the changes';
  const [few, many] = [
    ranks.reduce((a, b) => (b.rank < a.rank ? b : a)),
    ranks.reduce((a, b) => (b.rank > a.rank ? b : a)),
  ];
  const text = ({ variant, rank }: (typeof ranks)[number]): string => `${significant(rank, 2)} (${variant})`;
  return few === many
    ? `A change has an effective rank of ${text(few)}`
    : `A change has an effective rank from ${text(few)} to ${text(many)}`;
}
