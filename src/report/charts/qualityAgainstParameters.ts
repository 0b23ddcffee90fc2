import type { TopLevelSpec } from 'vega-lite';
import type { Summary } from '../../results/summary.ts';
import { type Chart, legendOf, legendPlace, titleLines } from '../chart.ts';
import { countText, fixed } from '../numberText.ts';
import { palette } from '../palette.ts';
import { plotHeight, plotWidth } from '../theme.ts';
import { intervalFrame } from './intervalFrame.ts';

/** One seed's loss in nats on the target's test data, at the best rate of its variant. */
export interface SeedQualityRow {
  variant: string;
  parameters: number;
  lossNats: number;
}

/** The mean over seeds with the bounds of its 95 % interval (the mean itself for one seed). */
export interface QualityRow extends SeedQualityRow {
  low: number;
  high: number;
}

/** Test loss against the number of trained parameters. Null without a finished run. */
export function qualityAgainstParameters(summary: Summary): Chart | null {
  const done = summary.variants.flatMap(({ variant, best }) => (best ? [{ variant, best }] : []));
  if (done.length === 0) return null;
  const means = done.map(({ variant, best }): QualityRow => {
    const { mean, interval } = best.learn.lossNats;
    return {
      variant,
      parameters: best.trainableParameters,
      lossNats: mean,
      low: interval?.low ?? mean,
      high: interval?.high ?? mean,
    };
  });
  const seeds = done.flatMap(({ variant, best }) =>
    best.learn.lossNats.values.map(({ value }) => ({ variant, parameters: best.trainableParameters, lossNats: value })),
  );
  const title = qualityTitle(means);
  return {
    name: 'quality-against-parameters',
    title,
    howToRead:
      'Test loss on the target at the best rate of each variant: every seed a dot, the mean with its 95\u00a0% interval. Low is good, left is cheap; parameters are counted at the start, before any pruning. Variants with the same count stand side by side.',
    spec: qualityAgainstParametersSpec(
      means,
      seeds,
      summary.variants.map(({ variant }) => variant),
      title,
    ),
  };
}

export function qualityAgainstParametersSpec(
  means: readonly QualityRow[],
  seeds: readonly SeedQualityRow[],
  variants: readonly string[],
  title: string,
): TopLevelSpec {
  const { color, shape } = palette(variants);
  const domain = intervalFrame(
    means.map(({ lossNats, low, high }) => ({ mean: lossNats, low, high })),
    seeds.map(({ lossNats }) => lossNats),
  );
  return {
    title: { text: titleLines(title) },
    width: plotWidth,
    height: plotHeight,
    usermeta: legendOf(variants),
    encoding: {
      x: {
        field: 'parameters',
        type: 'quantitative',
        title: 'trained parameters (log scale)',
        scale: { type: 'log', nice: false, padding: 30 },
        axis: { format: '.3~s', tickCount: 6, grid: false, labelOverlap: true },
      },
      y: {
        field: 'lossNats',
        type: 'quantitative',
        title: ['test loss on the target', '(nats per token, lower is better)'],
        scale: { domain, nice: false, zero: false },
      },
      color: { field: 'variant', type: 'nominal', scale: color, ...legendPlace(variants) },
    },
    layer: sideBySide(means).flatMap(({ variant, pixels }) => {
      const one = { values: means.filter((row) => row.variant === variant) };
      return [
        {
          data: { values: seeds.filter((row) => row.variant === variant) },
          mark: { type: 'point' as const, filled: true, size: 26, opacity: 0.55, xOffset: pixels },
        },
        {
          data: one,
          mark: { type: 'rule' as const, strokeWidth: 1.5, xOffset: pixels, clip: true },
          encoding: { y: { field: 'low', type: 'quantitative' as const }, y2: { field: 'high' } },
        },
        {
          data: one,
          mark: { type: 'point' as const, filled: true, size: 170, opacity: 1, xOffset: pixels },
          encoding: { shape: { field: 'variant', type: 'nominal' as const, scale: shape } },
        },
      ];
    }),
  };
}

/** Variants with the same number of parameters, to 3 %, stand beside each other, 14 pixels apart or less, around the true place. */
function sideBySide(means: readonly QualityRow[]): { variant: string; pixels: number }[] {
  return means.map((row) => {
    const same = means.filter(({ parameters }) => Math.abs(Math.log(parameters / row.parameters)) < 0.03);
    return {
      variant: row.variant,
      pixels: Math.min(14, 56 / same.length) * (same.indexOf(row) - (same.length - 1) / 2),
    };
  });
}

function qualityTitle(means: readonly QualityRow[]): string {
  const best = means.reduce((low, row) => (row.lossNats < low.lossNats ? row : low));
  const fewest = means.reduce((few, row) => (row.parameters < few.parameters ? row : few));
  const text = (row: QualityRow): string =>
    `${fixed(row.lossNats, 3)} with ${countText(row.parameters)} trained parameters`;
  return best.parameters === fewest.parameters
    ? `Lowest mean loss: ${best.variant}, ${text(best)}`
    : `${best.variant} reaches ${text(best)}, ${fewest.variant} ${fixed(fewest.lossNats, 3)} with ${countText(fewest.parameters)}`;
}
