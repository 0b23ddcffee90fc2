import type { TopLevelSpec } from 'vega-lite';
import type { Estimate } from '../../results/estimate.ts';
import type { Summary } from '../../results/summary.ts';
import { type Chart, legendOf, titleLines } from '../chart.ts';
import { fixed } from '../numberText.ts';
import { palette } from '../palette.ts';
import { plotWidth } from '../theme.ts';

/** One run at its variant's best rate; losses in nats on test data. */
export interface OutcomeRow {
  variant: string;
  learnLossNats: number;
  retainLossNats: number;
}

/** Means over seeds with the bounds of their 95 % intervals (the mean itself for one seed). */
export interface MeanOutcomeRow extends OutcomeRow {
  learnLow: number;
  learnHigh: number;
  retainLow: number;
  retainHigh: number;
}

/** A base before adaptation; variants of other storage have another one. */
export interface BaseRow {
  label: string;
  learnLossNats: number;
  retainLossNats: number;
}

/** Source loss against target loss: a point for every seed, the mean with intervals, and the base. Null without a finished run. */
export function learntAgainstForgotten(summary: Summary): Chart | null {
  const done = summary.variants.flatMap(({ variant, best }) => (best ? [{ variant, best }] : []));
  if (done.length === 0) return null;
  const seeds = done.flatMap(({ variant, best }) =>
    best.runs.map(({ final }) => ({
      variant,
      learnLossNats: final.learn.test.lossNats,
      retainLossNats: final.retain.test.lossNats,
    })),
  );
  const means = done.map(({ variant, best }) => {
    const [learn, retain] = [best.learn.lossNats, best.retain.lossNats];
    const [learnLow, learnHigh] = bounds(learn);
    const [retainLow, retainHigh] = bounds(retain);
    return {
      variant,
      learnLossNats: learn.mean,
      retainLossNats: retain.mean,
      learnLow,
      learnHigh,
      retainLow,
      retainHigh,
    };
  });
  const bases = baseRows(summary);
  const title = outcomeTitle(means);
  return {
    name: 'learnt-against-forgotten',
    title,
    howToRead:
      'Each small dot is one seed on test data at the best rate of its variant; the large mark is the mean, its bars the 95 % intervals. Left has learnt more, low has forgotten less. The dashed line is the source loss of the base: above it, something was forgotten.',
    spec: learntAgainstForgottenSpec(
      seeds,
      means,
      bases,
      summary.variants.map(({ variant }) => variant),
      title,
    ),
  };
}

export function learntAgainstForgottenSpec(
  seeds: readonly OutcomeRow[],
  means: readonly MeanOutcomeRow[],
  bases: readonly BaseRow[],
  variants: readonly string[],
  title: string,
): TopLevelSpec {
  const { color, shape } = palette(variants);
  const [left, right] = range([
    ...seeds.map((row) => row.learnLossNats),
    ...means.flatMap((row) => [row.learnLow, row.learnHigh]),
  ]);
  const inFrame = bases.filter((base) => base.learnLossNats <= right + (right - left));
  const outside = bases.filter((base) => !inFrame.includes(base));
  const [low, high] = range([
    ...seeds.map((row) => row.retainLossNats),
    ...means.flatMap((row) => [row.retainLow, row.retainHigh]),
    ...bases.map((base) => base.retainLossNats),
  ]);
  const [, end] = range([left, right, ...inFrame.map((base) => base.learnLossNats)]);
  const learn = { type: 'quantitative', title: 'test loss on the target (nats per token, lower is better)' } as const;
  const retain = { type: 'quantitative', title: 'test loss on the source (nats per token, lower is better)' } as const;
  const variantColor = { field: 'variant', type: 'nominal', scale: color } as const;
  return {
    title: { text: titleLines(title), subtitle: 'Lower left is best: learnt much, forgot little.' },
    width: plotWidth,
    height: 400,
    usermeta: legendOf(variants),
    layer: [
      {
        data: { values: [...bases] },
        mark: { type: 'rule', style: 'guide', strokeDash: [5, 4], opacity: 0.7 },
        encoding: {
          y: { field: 'retainLossNats', ...retain, scale: { zero: false, nice: false, domain: [low, high] } },
        },
      },
      {
        data: { values: [...seeds] },
        mark: { type: 'point', filled: true, size: 26, opacity: 0.55 },
        encoding: {
          x: { field: 'learnLossNats', ...learn, scale: { zero: false, nice: false, domain: [left, end] } },
          y: { field: 'retainLossNats', ...retain },
          color: variantColor,
        },
      },
      {
        data: { values: [...means] },
        mark: { type: 'rule', strokeWidth: 1.5 },
        encoding: {
          x: { field: 'learnLow', ...learn },
          x2: { field: 'learnHigh' },
          y: { field: 'retainLossNats', ...retain },
          color: variantColor,
        },
      },
      {
        data: { values: [...means] },
        mark: { type: 'rule', strokeWidth: 1.5 },
        encoding: {
          x: { field: 'learnLossNats', ...learn },
          y: { field: 'retainLow', ...retain },
          y2: { field: 'retainHigh' },
          color: variantColor,
        },
      },
      {
        data: { values: [...means] },
        mark: { type: 'point', filled: true, size: 170, opacity: 1 },
        encoding: {
          x: { field: 'learnLossNats', ...learn },
          y: { field: 'retainLossNats', ...retain },
          color: variantColor,
          shape: { field: 'variant', type: 'nominal', scale: shape },
        },
      },
      {
        data: { values: inFrame },
        mark: { type: 'point', style: 'strong', filled: true, shape: 'stroke', angle: 45, size: 200, strokeWidth: 3 },
        encoding: { x: { field: 'learnLossNats', ...learn }, y: { field: 'retainLossNats', ...retain } },
      },
      {
        data: { values: inFrame },
        mark: { type: 'text', style: 'note', align: 'right', dx: -10, dy: -9 },
        encoding: {
          x: { field: 'learnLossNats', ...learn },
          y: { field: 'retainLossNats', ...retain },
          text: { field: 'label' },
        },
      },
      {
        data: {
          values: outside.map((base) => ({
            ...base,
            label: `${base.label}: target ${fixed(base.learnLossNats, 2)}  ▶`,
          })),
        },
        mark: { type: 'text', style: 'note', align: 'right', dx: -2, dy: -9 },
        encoding: { x: { value: 'width' }, y: { field: 'retainLossNats', ...retain }, text: { field: 'label' } },
      },
    ],
  };
}

function bounds({ mean, interval }: Estimate): [number, number] {
  return interval === null ? [mean, mean] : [interval.low, interval.high];
}

/** Lowest and highest value with a margin, so that no mark touches the frame. */
function range(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = 0.06 * (high - low) || 0.05;
  return [low - margin, high + margin];
}

/** The bases that differ: one where all variants start from the same, else one for each of them with the names of its variants. */
function baseRows({ variants }: Summary): BaseRow[] {
  const rows = new Map<string, BaseRow & { of: string[] }>();
  for (const { variant, best } of variants) {
    if (best === null) continue;
    const key = `${best.base.learnLossNats.toPrecision(4)} ${best.base.retainLossNats.toPrecision(4)}`;
    const row = rows.get(key) ?? { ...best.base, label: '', of: [] };
    rows.set(key, { ...row, of: [...row.of, variant] });
  }
  return [...rows.values()].map(({ of, ...row }) => ({
    ...row,
    label: rows.size === 1 ? 'base' : `base of ${of.join(', ')}`,
  }));
}

function outcomeTitle(means: readonly MeanOutcomeRow[]): string {
  const learnt = means.reduce((best, row) => (row.learnLossNats < best.learnLossNats ? row : best));
  const kept = means.reduce((best, row) => (row.retainLossNats < best.retainLossNats ? row : best));
  if (means.length === 1)
    return `${learnt.variant} reaches ${fixed(learnt.learnLossNats, 3)} on the target, ${fixed(learnt.retainLossNats, 3)} on the source`;
  return learnt === kept
    ? `${learnt.variant} has learnt the most and forgotten the least, by their means`
    : `By their means, ${learnt.variant} has learnt the most and ${kept.variant} forgotten the least`;
}
