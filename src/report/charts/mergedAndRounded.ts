import type { TopLevelSpec } from 'vega-lite';
import type { Analysis, RunAnalysis } from '../../results/analysis.ts';
import { type Chart, titleLines } from '../chart.ts';
import { signed } from '../numberText.ts';
import { palette } from '../palette.ts';
import { plotWidth } from '../theme.ts';
import { filledAndHollow } from './filledAndHollow.ts';
import { rowHeight, rowOfVariant, seedMean, type SeedMean } from './variantRows.ts';

/** Target test loss in nats of the merged network: the mean over seeds with its 95 % interval. */
export interface MergedRow extends SeedMean {
  variant: string;
  kernels: (typeof kernelsAre)[number];
}

const kernelsAre = ['as merged', 'rounded again'] as const;

/** What it costs to put a merged kernel into the codes of its base again. Null where no base was in codes, or none was rounded. */
export function mergedAndRounded(variants: readonly string[], analysis: Analysis): Chart | null {
  const found = variants.flatMap((variant) => mergedRows(variant, analysis.variants[variant]?.runs ?? []));
  if (found.length === 0) return null;
  const title = mergedTitle(found);
  return {
    name: 'merged-and-rounded',
    title,
    howToRead:
      'Test loss on the target of the network with its adapters merged: filled with the merged kernels as numbers, hollow with the kernels rounded to the codes of their base again, as they must be to stay small. Means over seeds with 95\u00a0% intervals; the further apart the two, the more of what was learnt the rounding takes away.',
    spec: mergedAndRoundedSpec(
      found.flatMap(({ rows }) => rows),
      variants,
      title,
    ),
  };
}

export function mergedAndRoundedSpec(
  rows: readonly MergedRow[],
  variants: readonly string[],
  title: string,
): TopLevelSpec {
  const shown = variants.filter((name) => rows.some(({ variant }) => variant === name));
  const losses = rows.map(({ value }) => value);
  const isLog = Math.max(...losses) > 3 * Math.min(...losses);
  // An interval of few seeds may reach to zero or below, where there is no logarithm.
  const floor = isLog ? Math.min(...losses) / 2 : -Infinity;
  const values = rows.map((row) => ({ ...row, low: Math.max(row.low, floor) }));
  const unit: string = `(nats per token, ${isLog ? 'log scale, ' : ''}lower is better)`;
  const x = {
    type: 'quantitative',
    title: ['test loss on the target', unit] as string[],
    scale: isLog
      ? { type: 'log' as const, nice: false, padding: 10 }
      : { type: 'linear' as const, zero: false, padding: 10 },
    axis: { tickCount: 6 },
  } as const;
  return {
    title: { text: titleLines(title) },
    width: plotWidth,
    height: { step: 1.4 * rowHeight(shown.length), for: 'position' },
    data: { values },
    encoding: {
      y: rowOfVariant(shown),
      yOffset: { field: 'kernels', type: 'nominal', sort: [...kernelsAre] },
    },
    layer: filledAndHollow(x, palette(variants), { filled: `datum.kernels === '${kernelsAre[0]}'` }),
  };
}

interface MergedVariant {
  readonly variant: string;
  readonly rows: readonly MergedRow[];
  readonly cost: SeedMean;
}

function mergedRows(variant: string, runs: readonly RunAnalysis[]): MergedVariant[] {
  const losses = runs.flatMap(({ requantized }) => requantized ?? []);
  const [merged, rounded, cost] = [
    losses.map((of) => of.merged.test),
    losses.map((of) => of.rounded.test),
    losses.map((of) => of.rounded.test - of.merged.test),
  ].map(seedMean);
  if (!merged || !rounded || !cost) return [];
  const [asMerged, again] = kernelsAre;
  return [
    {
      variant,
      cost,
      rows: [
        { variant, kernels: asMerged, ...merged },
        { variant, kernels: again, ...rounded },
      ],
    },
  ];
}

function mergedTitle(found: readonly MergedVariant[]): string {
  const text = ({ variant, cost }: MergedVariant): string => `${signed(cost.value, 3)} (${variant})`;
  const [low, high] = [
    found.reduce((a, b) => (b.cost.value < a.cost.value ? b : a)),
    found.reduce((a, b) => (b.cost.value > a.cost.value ? b : a)),
  ];
  const range = low === high ? text(low) : `${text(low)} to ${text(high)}`;
  return `Rounding merged kernels again changes the target loss by ${range} nats`;
}
