import type { TopLevelSpec } from 'vega-lite';
import { mean } from '../../statistics/mean.ts';
import type { FinishedRun } from '../../results/record.ts';
import type { Summary } from '../../results/summary.ts';
import { type Chart, legendOf, titleLines } from '../chart.ts';
import { fixed } from '../numberText.ts';
import { palette } from '../palette.ts';
import { plotHeight, plotWidth } from '../theme.ts';
import { mostTogether, smallMultiples } from './smallMultiples.ts';

/** Loss in nats at one step: the mean over seeds, and the lowest and highest seed. */
export interface LossRow {
  variant: string;
  step: number;
  lossNats: number;
  lowest: number;
  highest: number;
}

/** Whose loss: the training batches', the target's on validation data (learnt), the source's (forgotten). */
export type LossKind = 'training' | 'learnt' | 'forgotten';

const words: Record<LossKind, { axis: string[]; title: string; read: string }> = {
  training: {
    axis: ['training loss', '(nats per token)'],
    title: 'Training loss on the target ends',
    read: 'Each line is the mean over seeds at the best rate of the variant, averaged over the last steps to still the noise of single batches',
  },
  learnt: {
    axis: ['validation loss on the target', '(nats per token)'],
    title: 'What is learnt: validation loss on the target ends',
    read: 'Each line is the mean over seeds at the best rate of the variant; step 0 is the base',
  },
  forgotten: {
    axis: ['validation loss on the source', '(nats per token)'],
    title: 'What is forgotten: loss on the source ends',
    read: 'Loss on the data the base came from, while it learns the target: a rising line forgets. Step 0 is the base',
  },
};

/** Mean line with a band from the lowest to the highest seed, per variant at its best rate. Null without a finished run. */
export function lossCurves(summary: Summary, kind: LossKind): Chart | null {
  const rows = summary.variants.flatMap(({ variant, best }) => (best ? lossRows(variant, best.runs, kind) : []));
  if (rows.length === 0) return null;
  const variants = summary.variants.map(({ variant }) => variant);
  const title = endTitle(rows, kind);
  return {
    name: `loss-${kind}`,
    title,
    howToRead: `${words[kind].read}. Lower is better; the band reaches from the lowest to the highest seed.${variants.length > mostTogether ? ' Every variant has a panel, with the others faint behind it; all panels have the same axes.' : ''}`,
    spec: lossCurvesSpec(rows, variants, kind, title),
    frames: { y: frames(rows) },
  };
}

export function lossCurvesSpec(
  rows: readonly LossRow[],
  variants: readonly string[],
  kind: LossKind,
  title: string,
): TopLevelSpec {
  const { color, dash } = palette(variants);
  const { domain, clipped } = frame(rows);
  const subtitle = clipped ? 'The first steps lie above the frame.' : '';
  const heading = { text: titleLines(title), subtitle };
  const x = {
    field: 'step',
    type: 'quantitative',
    title: 'training step',
    axis: { grid: false, tickCount: 6 },
    scale: { nice: false },
  } as const;
  const y = { type: 'quantitative', title: words[kind].axis, scale: { domain, nice: false, zero: false } } as const;
  const colored = { field: 'variant', type: 'nominal', scale: color } as const;
  const band = {
    mark: { type: 'area', fillOpacity: 0.18, clip: true },
    encoding: { y: { field: 'lowest', ...y }, y2: { field: 'highest' } },
  } as const;
  const mean = { field: 'lossNats', type: 'quantitative' } as const;
  if (variants.length > mostTogether)
    return smallMultiples({
      title: heading,
      rows,
      variants: variants.filter((name) => rows.some(({ variant }) => variant === name)),
      x: { ...x, axis: { grid: false, tickCount: 3 }, title: 'step' },
      y: { ...mean, ...y, title: null, axis: { tickCount: 4 } },
      layers: [
        { ...band, encoding: { ...band.encoding, color: { ...colored, legend: null } } },
        { mark: { type: 'line', clip: true }, encoding: { color: { ...colored, legend: null } } },
      ],
    });
  return {
    title: heading,
    width: plotWidth,
    height: plotHeight,
    usermeta: legendOf(variants),
    data: { values: [...rows] },
    encoding: {
      x,
      color: {
        ...colored,
        legend: { symbolType: 'stroke', symbolSize: 500, symbolStrokeWidth: 3, symbolFillColor: 'transparent' },
      },
    },
    layer: [
      band,
      {
        mark: { type: 'line', clip: true },
        encoding: { y: mean, strokeDash: { field: 'variant', type: 'nominal', scale: dash } },
      },
    ],
  };
}

function lossRows(variant: string, runs: readonly FinishedRun[], kind: LossKind): LossRow[] {
  const perSeed = runs.map((run) => new Map(points(run, kind)));
  const steps = [...perSeed[0].keys()].filter((step) => perSeed.every((seed) => seed.has(step)));
  return steps.map((step) => {
    const losses = perSeed.map((seed) => seed.get(step) as number);
    return { variant, step, lossNats: mean(losses), lowest: Math.min(...losses), highest: Math.max(...losses) };
  });
}

/** Steps and losses of one run; for training at most 150 of them, each the mean of the steps since the one before. */
function points(run: FinishedRun, kind: LossKind): [number, number][] {
  if (kind !== 'training')
    return run.evaluations.flatMap((at): [number, number][] => {
      const { lossNats } = kind === 'learnt' ? at.learn : at.retain;
      return lossNats === null ? [] : [[at.step, lossNats]];
    });
  const { step, lossNats } = run.history;
  const every = Math.max(1, Math.ceil(step.length / 150));
  const window = Math.max(every, Math.round(step.length / 40));
  return step.flatMap((at, index): [number, number][] => {
    const recent = lossNats.slice(Math.max(0, index + 1 - window), index + 1).filter((loss) => loss !== null);
    return (index + 1) % every === 0 && recent.length > 0 ? [[at, mean(recent)]] : [];
  });
}

/** What each variant shows of the frame. */
function frames(rows: readonly LossRow[]): { variant: string; low: number; high: number }[] {
  const [, top] = frame(rows).domain;
  return [...new Set(rows.map(({ variant }) => variant))].map((variant) => {
    const own = rows.filter((row) => row.variant === variant);
    const { domain } = frame(own);
    return { variant, low: Math.min(...own.map(({ lowest }) => lowest)), high: Math.min(top, domain[1]) };
  });
}

/** The losses to show: all, unless the first quarter of the steps would press the rest into less than half of the frame. */
function frame(rows: readonly LossRow[]): { domain: [number, number]; clipped: boolean } {
  const lastStep = Math.max(...rows.map(({ step }) => step));
  const low = Math.min(...rows.map(({ lowest }) => lowest));
  const high = Math.max(...rows.map(({ highest }) => highest));
  const later = rows.filter(({ step }) => step >= lastStep / 4).map(({ highest }) => highest);
  const top = later.length > 0 ? Math.max(...later) : high;
  const clipped = high - low > 2 * (top - low) && top > low;
  const margin = 0.04 * ((clipped ? top : high) - low) || 0.1;
  return { domain: [low - margin, (clipped ? top : high) + margin], clipped };
}

function endTitle(rows: readonly LossRow[], kind: LossKind): string {
  const ends = [...new Map(rows.map((row) => [row.variant, row])).values()].sort((a, b) => a.lossNats - b.lossNats);
  const [low, high] = [ends[0], ends[ends.length - 1]];
  const text = ({ lossNats, variant }: LossRow): string => `${fixed(lossNats, 3)} (${variant})`;
  const range = ends.length === 1 ? `at ${text(low)}` : `between ${text(low)} and ${text(high)}`;
  return `${words[kind].title} ${range}`;
}
