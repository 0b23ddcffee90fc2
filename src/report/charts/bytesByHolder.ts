import type { TopLevelSpec } from 'vega-lite';
import type { Summary } from '../../results/summary.ts';
import { type Chart, legendOf, titleLines } from '../chart.ts';
import { bytesText, significant } from '../numberText.ts';
import { holders } from '../palette.ts';
import { plotWidth } from '../theme.ts';
import { rowOfVariant } from './variantRows.ts';

/** Bytes that one holder has in one variant. */
export interface BytesRow {
  variant: string;
  holder: string;
  bytes: number;
}

/** Who holds memory in training, stacked per variant. Null without a finished run. */
export function bytesByHolder(summary: Summary): Chart | null {
  const rows = summary.variants.flatMap(({ variant, best }) =>
    best ? Object.entries(best.bytes).map(([holder, bytes]) => ({ variant, holder, bytes })) : [],
  );
  if (rows.length === 0) return null;
  const title = bytesTitle(rows);
  return {
    name: 'bytes-by-holder',
    title,
    howToRead:
      'Bytes of one run, counted from what each part holds: the frozen base, the adapter, its gradients, the state of the optimizer, and what the reverse pass saves (activations). Shorter is cheaper.',
    spec: bytesByHolderSpec(rows, title),
  };
}

export function bytesByHolderSpec(rows: readonly BytesRow[], title: string): TopLevelSpec {
  const variants = [...new Set(rows.map(({ variant }) => variant))];
  const totals = variants.map((variant) => ({ variant, bytes: totalOf(rows, variant) }));
  const largest = Math.max(...totals.map(({ bytes }) => bytes));
  const power = largest < 1 ? 0 : Math.min(4, Math.floor(Math.log10(largest) / 3));
  const unit = ['bytes', 'kB', 'MB', 'GB', 'TB'][power];
  const inUnit = (bytes: number): number => bytes / 1000 ** power;
  const parts = rows.map((row) => ({ ...row, size: inUnit(row.bytes), order: holders.domain.indexOf(row.holder) }));
  const y = rowOfVariant(variants);
  return {
    title: { text: titleLines(title) },
    width: plotWidth,
    height: { step: 30 },
    usermeta: legendOf(holders.domain),
    layer: [
      {
        data: { values: parts },
        mark: { type: 'bar', height: { band: 0.72 } },
        encoding: {
          y,
          x: {
            field: 'size',
            type: 'quantitative',
            title: `memory of one run (${unit})`,
            scale: { domain: [0, 1.13 * inUnit(largest) || 1], nice: false },
            axis: { tickCount: 6 },
          },
          color: { field: 'holder', type: 'nominal', scale: holders },
          order: { field: 'order', type: 'quantitative' },
        },
      },
      {
        data: {
          values: totals.map(({ variant, bytes }) => ({ variant, size: inUnit(bytes), label: bytesText(bytes) })),
        },
        mark: { type: 'text', style: 'note', align: 'left', dx: 5 },
        encoding: { y, x: { field: 'size', type: 'quantitative' }, text: { field: 'label' } },
      },
    ],
  };
}

function totalOf(rows: readonly BytesRow[], variant: string): number {
  return rows.reduce((sum, row) => (row.variant === variant ? sum + row.bytes : sum), 0);
}

function bytesTitle(rows: readonly BytesRow[]): string {
  const totals = [...new Set(rows.map(({ variant }) => variant))].map((variant) => ({
    variant,
    bytes: totalOf(rows, variant),
  }));
  const least = totals.reduce((a, b) => (b.bytes < a.bytes ? b : a));
  const most = totals.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  if (least.bytes === most.bytes)
    return `A run holds ${bytesText(least.bytes)}${totals.length > 1 ? ' in every variant' : ''}`;
  return `${most.variant} holds ${significant(most.bytes / least.bytes, 2)} times the memory of ${least.variant}`;
}
