import type { TopLevelSpec } from 'vega-lite';
import type { Summary } from '../../results/summary.ts';
import { type Chart, type Frames, legendOf, legendPlace, titleLines } from '../chart.ts';
import { fixed } from '../numberText.ts';
import { palette } from '../palette.ts';
import { plotWidth } from '../theme.ts';
import { baseLabels, outsideLabels } from './baseLabels.ts';
import { freeLabels, labelOffset } from './freeLabels.ts';
import { intervalFrame } from './intervalFrame.ts';
import { type MeanOutcome, type Outcomes, outcomes, type SeedOutcome } from './outcomeRows.ts';

/** Source loss against target loss: a dot for every seed, the mean with intervals, and the base. Null without a finished run. */
export function learntAgainstForgotten(summary: Summary): Chart | null {
  const rows = outcomes(summary);
  if (rows.means.length === 0) return null;
  const variants = summary.variants.map(({ variant }) => variant);
  const title = outcomeTitle(rows.means);
  return {
    name: 'learnt-against-forgotten',
    title,
    howToRead:
      'Each small dot is one seed on test data at the best rate of its variant; the large mark is the mean, its bars the 95\u00a0% intervals. Left has learnt more, low has forgotten less: lower left is best. A dashed line is the source loss of the base: above it, something was forgotten. Bars that reach the frame go on beyond it.',
    spec: learntAgainstForgottenSpec(rows, variants, title),
    frames: frames(rows),
  };
}

export function learntAgainstForgottenSpec(rows: Outcomes, variants: readonly string[], title: string): TopLevelSpec {
  const { color, shape } = palette(variants);
  const { seeds, means, bases } = rows;
  const [left, right] = learnFrame(rows);
  // A base far to the right would press everything else together: then an arrow points to it.
  const inFrame = bases.filter((base) => base.learnLossNats <= right + (right - left));
  const end = inFrame.length === 0 ? right : range([left, right, ...inFrame.map((base) => base.learnLossNats)])[1];
  const [low, high] = retainFrame(rows);
  const outside = outsideLabels(
    bases.filter((base) => !inFrame.includes(base)),
    0.04 * (high - low),
  );
  const quantitative = 'quantitative' as const;
  const learn = {
    type: quantitative,
    title: ['test loss on the target', '(nats per token, lower is better)'],
    scale: { domain: [left, end], nice: false, zero: false },
    axis: { tickCount: 6 },
  };
  const retain = {
    type: quantitative,
    title: ['test loss on the source', '(nats per token, lower is better)'],
    scale: { domain: [low, high], nice: false, zero: false },
    axis: { tickCount: 6 },
  };
  const at = { x: { field: 'learnLossNats', ...learn }, y: { field: 'retainLossNats', ...retain } };
  const ofVariant = { color: { field: 'variant', type: 'nominal', scale: color, ...legendPlace(variants) } } as const;
  const text = { text: { field: 'label' } } as const;
  const height = 400;
  const named = freeLabels(
    means.map((row) => ({
      variant: row.variant,
      label: row.variant,
      learnLossNats: row.learnLossNats,
      retainLossNats: row.retainLossNats,
      x: (plotWidth * (row.learnLossNats - left)) / (end - left),
      y: (height * (high - row.retainLossNats)) / (high - low),
    })),
    plotWidth,
  );
  return {
    title: { text: titleLines(title), subtitle: 'Lower left is best: learnt much, forgot little.' },
    width: plotWidth,
    height,
    usermeta: legendOf(variants),
    layer: [
      {
        data: { values: bases },
        mark: { type: 'rule', style: 'guide', strokeDash: [5, 4], opacity: 0.7 },
        encoding: { y: at.y },
      },
      {
        data: { values: seeds },
        mark: { type: 'point', filled: true, size: 26, opacity: 0.55 },
        encoding: { ...at, ...ofVariant },
      },
      {
        data: { values: means },
        mark: { type: 'rule', strokeWidth: 1.5, clip: true },
        encoding: { ...ofVariant, x: { field: 'learnLow', ...learn }, x2: { field: 'learnHigh' }, y: at.y },
      },
      {
        data: { values: means },
        mark: { type: 'rule', strokeWidth: 1.5, clip: true },
        encoding: { ...ofVariant, x: at.x, y: { field: 'retainLow', ...retain }, y2: { field: 'retainHigh' } },
      },
      {
        data: { values: means },
        mark: { type: 'point', filled: true, size: 170, opacity: 1 },
        encoding: { ...at, ...ofVariant, shape: { field: 'variant', type: 'nominal', scale: shape } },
      },
      {
        data: { values: inFrame },
        mark: { type: 'point', style: 'hollow', shape: 'diamond', size: 200, strokeWidth: 2.5 },
        encoding: at,
      },
      {
        name: 'labels',
        data: { values: named },
        mark: { type: 'text', style: 'note', ...labelOffset },
        encoding: { ...at, ...text },
      },
      ...baseLabels('inside', inFrame, { among: bases, dx: -12, encoding: { ...at, ...text } }),
      ...baseLabels('outside', outside, {
        among: bases,
        dx: -2,
        encoding: { x: { value: 'width' } as const, y: at.y, ...text },
      }),
    ],
  };
}

function learnFrame({ seeds, means }: Outcomes): [number, number] {
  const bounds = means.map((row) => ({ mean: row.learnLossNats, low: row.learnLow, high: row.learnHigh }));
  return intervalFrame(
    bounds,
    seeds.map((row) => row.learnLossNats),
  );
}

function retainFrame({ seeds, means, bases }: Outcomes): [number, number] {
  const bounds = means.map((row) => ({ mean: row.retainLossNats, low: row.retainLow, high: row.retainHigh }));
  return intervalFrame(
    bounds,
    [...seeds, ...bases].map((row) => row.retainLossNats),
  );
}

/** What each variant shows on both axes, of what the whole does; every base is shown on the source. */
function frames(rows: Outcomes): Frames {
  const within = ([low, high]: [number, number], values: readonly number[]): { low: number; high: number } => ({
    low: Math.max(low, Math.min(...values)),
    high: Math.min(high, Math.max(...values)),
  });
  const [ofLearn, ofRetain] = [learnFrame(rows), retainFrame(rows)];
  const baseLosses = rows.bases.map(({ retainLossNats }) => retainLossNats);
  const of = (row: MeanOutcome): SeedOutcome[] => rows.seeds.filter(({ variant }) => variant === row.variant);
  return {
    x: rows.means.map((row) => ({
      variant: row.variant,
      ...within(ofLearn, [row.learnLow, row.learnHigh, ...of(row).map(({ learnLossNats }) => learnLossNats)]),
    })),
    y: rows.means.map((row) => ({
      variant: row.variant,
      ...within(ofRetain, [
        row.retainLow,
        row.retainHigh,
        ...baseLosses,
        ...of(row).map(({ retainLossNats }) => retainLossNats),
      ]),
    })),
  };
}

/** Lowest and highest value with a margin, so that no mark touches the frame. */
function range(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = 0.06 * (high - low) || 0.05;
  return [low - margin, high + margin];
}

function outcomeTitle(means: readonly MeanOutcome[]): string {
  const learnt = means.reduce((best, row) => (row.learnLossNats < best.learnLossNats ? row : best));
  const kept = means.reduce((best, row) => (row.retainLossNats < best.retainLossNats ? row : best));
  const { variant, learnLossNats, retainLossNats } = learnt;
  if (means.length === 1)
    return `${variant} reaches ${fixed(learnLossNats, 3)} on the target, ${fixed(retainLossNats, 3)} on the source`;
  return learnt === kept
    ? `${variant} has learnt the most and forgotten the least, by their means`
    : `By their means, ${variant} has learnt the most and ${kept.variant} forgotten the least`;
}
