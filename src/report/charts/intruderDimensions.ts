import type { TopLevelSpec } from 'vega-lite';
import type { Analysis, RunAnalysis } from '../../results/analysis.ts';
import { mean } from '../../statistics/mean.ts';
import { type Chart, titleLines } from '../chart.ts';
import { fixed } from '../numberText.ts';
import { palette } from '../palette.ts';
import { plotWidth } from '../theme.ts';
import { filledAndHollow } from './filledAndHollow.ts';
import { rowHeight, rowOfVariant, seedMean, type SeedMean } from './variantRows.ts';

/** Intruders among the first ten directions of a changed kernel: the mean over sites and seeds, with a 95 % interval over seeds. */
export interface IntruderRow extends SeedMean {
  variant: string;
  /** ε as analysed, `0.5`. */
  threshold: string;
}

/** How many first directions of W′ resemble none of W (arXiv:2410.21228). Null where no kernel was decomposed whole. */
export function intruderDimensions(variants: readonly string[], analysis: Analysis): Chart | null {
  const rows = variants.flatMap((variant) => intruderRows(variant, analysis.variants[variant]?.runs ?? []));
  if (rows.length === 0) return null;
  const thresholds = [...new Set(rows.map(({ threshold }) => threshold))];
  const title = intruderTitle(rows.filter(({ threshold }) => threshold === thresholds[0]));
  return {
    name: 'intruder-dimensions',
    title,
    howToRead: `Of the first ten output directions of a changed kernel, how many resemble no direction of the kernel before: the largest cosine with any lies below ε. The mean over sites and seeds with its 95\u00a0% interval over seeds${thresholds.length > 1 ? `, filled for ε = ${thresholds[0]}, hollow for larger ε` : ''}. Fewer intruders mean that training changed what was there; the paper finds more of them in LoRA than in full fine-tuning, and that models with more forget more.`,
    spec: intruderDimensionsSpec(rows, variants, title),
  };
}

export function intruderDimensionsSpec(
  rows: readonly IntruderRow[],
  variants: readonly string[],
  title: string,
): TopLevelSpec {
  const thresholds = [...new Set(rows.map(({ threshold }) => threshold))];
  const shown = variants.filter((name) => rows.some(({ variant }) => variant === name));
  const most = Math.max(...rows.map(({ value }) => value));
  const frame = Math.min(10, Math.max(1, 1.15 * Math.min(Math.max(...rows.map(({ high }) => high)), 2 * most)));
  const x = {
    type: 'quantitative',
    title: ['intruders among the first ten directions', '(mean over kernels)'] as string[],
    scale: { domain: [-0.02 * frame, frame] as number[], nice: false, zero: false },
    axis: { tickCount: 6 },
  } as const;
  return {
    title: { text: titleLines(title) },
    width: plotWidth,
    height: { step: rowHeight(shown.length) * (thresholds.length > 1 ? 1.4 : 1), for: 'position' },
    data: { values: [...rows] },
    encoding: {
      y: rowOfVariant(shown),
      yOffset: { field: 'threshold', type: 'nominal', sort: thresholds },
    },
    layer: filledAndHollow(x, palette(variants), { filled: `datum.threshold === '${thresholds[0]}'`, clip: true }),
  };
}

function intruderRows(variant: string, runs: readonly RunAnalysis[]): IntruderRow[] {
  const thresholds = Object.keys(runs[0]?.intruders ?? {}).sort((a, b) => Number(a) - Number(b));
  return thresholds.flatMap((threshold) => {
    const found = seedMean(
      runs.flatMap(({ intruders }) => {
        const counts = (intruders[threshold] ?? []).filter((count) => count !== null);
        return counts.length === 0 ? [] : [mean(counts)];
      }),
    );
    return found === null ? [] : [{ variant, threshold, ...found }];
  });
}

function intruderTitle(rows: readonly IntruderRow[]): string {
  const text = ({ variant, value }: IntruderRow): string => `${fixed(value, 1)} (${variant})`;
  const [low, high] = [
    rows.reduce((a, b) => (b.value < a.value ? b : a)),
    rows.reduce((a, b) => (b.value > a.value ? b : a)),
  ];
  if (high.value === 0) return 'No direction of a changed kernel is an intruder';
  const range = low === high ? text(low) : `${text(low)} to ${text(high)}`;
  return `Of the first ten directions of a changed kernel ${range} are intruders`;
}
