import type { TopLevelSpec } from 'vega-lite';
import type { Summary } from '../../results/summary.ts';
import { type Chart, legendOf, titleLines } from '../chart.ts';
import { fixed } from '../numberText.ts';
import { palette } from '../palette.ts';
import { plotHeight, plotWidth } from '../theme.ts';
import { frame, frames, type LossKind, type LossRow, lossRows } from './lossRows.ts';
import { mostTogether, panelPoints, panelsText, smallMultiples } from './smallMultiples.ts';

const words: Record<LossKind, { axis: string[]; title: string; read: string }> = {
  training: {
    axis: ['training loss', '(nats per token, lower is better)'],
    title: 'Training loss on the target ends',
    read: 'Each line is the mean over seeds at the best rate of the variant, averaged over the last steps to still the noise of single batches',
  },
  learnt: {
    axis: ['validation loss on the target', '(nats per token, lower is better)'],
    title: 'What is learnt: validation loss on the target ends',
    read: 'Each line is the mean over seeds at the best rate of the variant; step 0 is the base',
  },
  forgotten: {
    axis: ['validation loss on the source', '(nats per token, lower is better)'],
    title: 'What is forgotten: loss on the source ends',
    read: 'Loss on the data the base came from, while it learns the target: a rising line forgets. Step 0 is the base',
  },
};

const above = 'The first steps lie above the frame.';

/** Mean line with a band from the lowest to the highest seed, per variant at its best rate. Null without a finished run. */
export function lossCurves(summary: Summary, kind: LossKind): Chart | null {
  const variants = summary.variants.map(({ variant }) => variant);
  const points = variants.length > mostTogether ? panelPoints : undefined;
  const rows = summary.variants.flatMap(({ variant, best }) =>
    best ? lossRows(variant, best.runs, kind, points) : [],
  );
  if (rows.length === 0) return null;
  const title = endTitle(rows, kind);
  return {
    name: `loss-${kind}`,
    title,
    howToRead: `${words[kind].read}. Lower is better; the band reaches from the lowest to the highest seed.${frame(rows).clipped ? ` ${above}` : ''}${variants.length > mostTogether ? panelsText(variants.length) : ''}`,
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
  const subtitle = clipped ? above : '';
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
      axes: `${words[kind].axis.join(' ')} against training step`,
      x: { ...x, axis: { grid: false, tickCount: 3 }, title: null },
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

function endTitle(rows: readonly LossRow[], kind: LossKind): string {
  const ends = [...new Map(rows.map((row) => [row.variant, row])).values()].sort((a, b) => a.lossNats - b.lossNats);
  const [low, high] = [ends[0], ends[ends.length - 1]];
  const text = ({ lossNats, variant }: LossRow): string => `${fixed(lossNats, 3)} (${variant})`;
  const range = ends.length === 1 ? `at ${text(low)}` : `between ${text(low)} and ${text(high)}`;
  return `${words[kind].title} ${range}`;
}
