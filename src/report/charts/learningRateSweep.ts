import type { TopLevelSpec } from 'vega-lite';
import type { Summary } from '../../results/summary.ts';
import { type Chart, legendOf, titleLines } from '../chart.ts';
import { learningRateText, listText } from '../numberText.ts';
import { palette } from '../palette.ts';
import { plotHeight, plotWidth } from '../theme.ts';
import { intervalFrame } from './intervalFrame.ts';
import { rateTicks, tickLabels } from './rateTicks.ts';
import { mostTogether, panelsText, smallMultiples } from './smallMultiples.ts';

/** One variant at one learning rate: loss in nats on the target's validation data, over the seeds that finished. */
export interface SweepRow {
  variant: string;
  learningRate: number;
  lossNats: number;
  low: number;
  high: number;
  /** Whether this is the rate that was chosen. */
  best: boolean;
}

/** A rate at which some runs diverged or failed. */
export interface StoppedRow {
  variant: string;
  learningRate: number;
  runs: number;
}

/** Validation loss against learning rate, one line per variant, the chosen rate ringed. Null without a finished run, or a second rate. */
export function learningRateSweep(summary: Summary): Chart | null {
  const rows = summary.variants.flatMap(({ variant, rates, best }) =>
    rates.flatMap(({ learningRate, validationLossNats: loss }): SweepRow[] => {
      if (loss === null) return [];
      const { low, high } = loss.interval ?? { low: loss.mean, high: loss.mean };
      return [{ variant, learningRate, lossNats: loss.mean, low, high, best: learningRate === best?.learningRate }];
    }),
  );
  const tried = new Set(summary.variants.flatMap(({ rates }) => rates.map(({ learningRate }) => learningRate)));
  if (rows.length === 0 || tried.size < 2) return null;
  const stopped = summary.variants.flatMap(({ variant, rates }) =>
    rates.flatMap(({ learningRate, counts: { diverged, failed } }): StoppedRow[] =>
      diverged + failed > 0 ? [{ variant, learningRate, runs: diverged + failed }] : [],
    ),
  );
  const variants = summary.variants.map(({ variant }) => variant);
  const title = sweepTitle(rows, summary);
  return {
    name: 'learning-rate-sweep',
    title,
    howToRead:
      'Mean validation loss over seeds with its 95\u00a0% interval; a ring marks the rate that was chosen. Lower is better; a ring at the end of a line means that the best rate may lie outside the grid. An interval is cut where it reaches far beyond all means.' +
      (variants.length > mostTogether ? panelsText(variants.length) : '') +
      (stopped.length > 0 ? ' A × at the top marks a rate at which a run diverged or failed: it is never chosen.' : ''),
    spec: learningRateSweepSpec(rows, stopped, variants, title),
  };
}

export function learningRateSweepSpec(
  rows: readonly SweepRow[],
  stopped: readonly StoppedRow[],
  variants: readonly string[],
  title: string,
): TopLevelSpec {
  const { color, shape } = palette(variants);
  const rates = [...new Set([...rows, ...stopped].map(({ learningRate }) => learningRate))].sort((a, b) => a - b);
  const ticks = rateTicks(rates);
  const losses = rows.map(({ lossNats }) => lossNats);
  const type = Math.max(...losses) > 3 * Math.min(...losses) ? 'log' : 'linear';
  // An interval may reach to zero or below, where there is no logarithm, and of few seeds far beyond what is compared.
  const [least, most] = intervalFrame(rows.map(({ lossNats, low, high }) => ({ mean: lossNats, low, high })));
  const floor = type === 'log' ? Math.min(...losses) / 2 : least;
  const values = rows.map((row) => ({ ...row, low: Math.max(row.low, floor), high: Math.min(row.high, most) }));
  const crossed = variants.filter((name) => stopped.some(({ variant }) => variant === name));
  const isMany = variants.length > mostTogether;
  const x = {
    field: 'learningRate',
    type: 'quantitative',
    title: 'learning rate (log scale)',
    scale: { type: 'log', nice: false, padding: isMany ? 10 : 24 },
    axis: { values: ticks.map(({ at }) => at), labelExpr: tickLabels(ticks), grid: false },
  } as const;
  const unit: string =
    type === 'log' ? '(nats per token, log scale, lower is better)' : '(nats per token, lower is better)';
  const y = {
    field: 'lossNats',
    type: 'quantitative',
    title: ['validation loss on the target', unit] as string[],
    scale: {
      type,
      ...(type === 'log' ? { nice: false } : { zero: false }),
      padding: isMany ? 14 : crossed.length > 0 ? 12 + 10 * crossed.length : 8,
    },
  } as const;
  const colored = { field: 'variant', type: 'nominal', scale: color, ...(isMany ? { legend: null } : {}) } as const;
  const interval = {
    mark: { type: 'rule', opacity: 0.5 },
    encoding: { y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' } },
  } as const;
  const ring = {
    mark: { type: 'point', shape: 'circle', size: isMany ? 130 : 330, strokeWidth: 2.5 },
    encoding: { opacity: { condition: { test: 'datum.best', value: 1 }, value: 0 } },
  } as const;
  const cross = { type: 'text', text: '×', fontSize: 17, fontWeight: 'bold' } as const;
  if (isMany)
    return smallMultiples({
      title: { text: titleLines(title) },
      rows: [...values, ...stopped.map((row) => ({ ...row, lossNats: null }))],
      variants,
      axes: `${y.title.join(' ')} against learning rate (log scale)`,
      x: { ...x, title: null, axis: { ...x.axis, labelOverlap: true } },
      y: { ...y, title: null, axis: { tickCount: 4 } },
      layers: [
        { mark: 'line', encoding: { color: colored } },
        { ...interval, encoding: { ...interval.encoding, color: colored } },
        { mark: { type: 'point', filled: true, size: 26, opacity: 1 }, encoding: { color: colored } },
        { ...ring, encoding: { ...ring.encoding, color: colored } },
        {
          mark: cross,
          encoding: {
            y: { value: 6 },
            text: { condition: { test: 'isValid(datum.runs)', value: '×' }, value: '' },
            color: colored,
          },
        },
      ],
    });
  return {
    title: { text: titleLines(title) },
    width: plotWidth,
    height: plotHeight,
    usermeta: legendOf(variants),
    data: { values },
    encoding: { x, y, color: colored },
    layer: [
      { mark: 'line' },
      interval,
      {
        mark: { type: 'point', filled: true, size: 60, opacity: 1 },
        encoding: { shape: { field: 'variant', type: 'nominal', scale: shape } },
      },
      ring,
      ...crossed.map((name, index) => ({
        data: { values: stopped.filter(({ variant }) => variant === name) },
        mark: cross,
        encoding: { y: { value: 6 + 11 * index } },
      })),
    ],
  };
}

function sweepTitle(rows: readonly SweepRow[], { variants }: Summary): string {
  const best = rows.filter((row) => row.best);
  if (best.length === 0) return 'No learning rate finished with every seed';
  const rates = best.map(({ learningRate }) => learningRate);
  const [low, high] = [Math.min(...rates), Math.max(...rates)].map(learningRateText);
  const where =
    low === high ? `The best learning rate is ${low}` : `The best learning rates lie between ${low} and ${high}`;
  const atEdge = variants.filter(({ best: chosen }) => chosen?.place === 'lowest' || chosen?.place === 'highest');
  return atEdge.length === 0
    ? where
    : `${where}, for ${listText(atEdge.map(({ variant }) => variant))} at the edge of the grid`;
}
