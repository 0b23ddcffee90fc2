import type { TopLevelSpec } from 'vega-lite';
import type { Analysis, RunAnalysis } from '../../results/analysis.ts';
import { type Chart, titleLines } from '../chart.ts';
import { significant } from '../numberText.ts';
import { palette } from '../palette.ts';
import { plotWidth } from '../theme.ts';
import { logTicks } from './logTicks.ts';
import { rowHeight, rowOfVariant, seedGeometricMean, type SeedMean } from './variantRows.ts';

/** ‖ΔW‖ over the size that W has in its directions: geometric mean over sites and seeds, with a 95 % interval over seeds. */
export interface AmplificationRow extends SeedMean {
  variant: string;
  /** The same over the size of W in its own first directions, the largest there is, and in random ones. */
  own: number;
  random: number;
}

/** Whether changes strengthen what the kernels did already (arXiv:2106.09685 §7.3). Null where nothing changed. */
export function amplificationFactor(variants: readonly string[], analysis: Analysis): Chart | null {
  const rows = variants.flatMap((variant) => amplificationRow(variant, analysis.variants[variant]?.runs ?? []));
  if (rows.length === 0) return null;
  const title = amplificationTitle(rows);
  return {
    name: 'amplification-factor',
    title,
    howToRead:
      'Size of ΔW in its first directions (eight at most) over the size of W in the same ones: the mark is the geometric mean over sites and seeds, with its 95\u00a0% interval over seeds. The bar reaches from what it would be if these were the first directions of W itself, to random ones: at its left end a change strengthens what the kernel does most, at its right end or beyond it adds what the kernel hardly did. Neither is better.',
    spec: amplificationFactorSpec(rows, variants, title),
  };
}

export function amplificationFactorSpec(
  rows: readonly AmplificationRow[],
  variants: readonly string[],
  title: string,
): TopLevelSpec {
  const { color, shape } = palette(variants);
  const x = {
    type: 'quantitative',
    title: ['size of the change for that of W', 'in its directions (log scale)'] as string[],
    scale: { type: 'log', nice: false, padding: 12 },
    axis: {
      values: logTicks(
        rows.flatMap(({ low, high, own, random }) => [low, high, own, random]),
        6,
      ),
      format: '~g',
      labelOverlap: true,
    },
  } as const;
  return {
    title: { text: titleLines(title) },
    width: plotWidth,
    height: { step: rowHeight(rows.length) },
    data: { values: [...rows] },
    encoding: {
      y: rowOfVariant(variants),
    },
    layer: [
      {
        mark: { type: 'bar', style: 'extent', height: { band: 0.5 } },
        encoding: { x: { field: 'own', ...x }, x2: { field: 'random' } },
      },
      {
        mark: { type: 'rule', strokeWidth: 1.5 },
        encoding: {
          x: { field: 'low', ...x },
          x2: { field: 'high' },
          color: { field: 'variant', type: 'nominal', scale: color, legend: null },
        },
      },
      {
        mark: { type: 'point', filled: true, size: 110, opacity: 1 },
        encoding: {
          x: { field: 'value', ...x },
          color: { field: 'variant', type: 'nominal', scale: color, legend: null },
          shape: { field: 'variant', type: 'nominal', scale: shape, legend: null },
        },
      },
    ],
  };
}

/** A control is a factor for another size of W: ‖ΔW‖ is the same, factor times `projected`. */
function amplificationRow(variant: string, runs: readonly RunAnalysis[]): AmplificationRow[] {
  const geometric = (of: (run: RunAnalysis, site: number) => number | null): SeedMean | null =>
    seedGeometricMean(
      runs.flatMap((run) => {
        const factors = run.amplification.factor.flatMap((_, site) => of(run, site) ?? []);
        return seedGeometricMean(factors)?.value ?? [];
      }),
    );
  const against = (control: 'own' | 'random') =>
    geometric(({ amplification }, site) => {
      const [factor, projected, size] = [
        amplification.factor[site],
        amplification.projected[site],
        amplification[control][site],
      ];
      return factor === null || projected === null || size === null || size === 0 ? null : (factor * projected) / size;
    });
  const [factor, own, random] = [
    geometric(({ amplification }, site) => amplification.factor[site]),
    against('own'),
    against('random'),
  ];
  return factor && own && random ? [{ variant, ...factor, own: own.value, random: random.value }] : [];
}

function amplificationTitle(rows: readonly AmplificationRow[]): string {
  const text = ({ variant, value }: AmplificationRow): string => `${significant(value, 2)} (${variant})`;
  const [low, high] = [
    rows.reduce((a, b) => (b.value < a.value ? b : a)),
    rows.reduce((a, b) => (b.value > a.value ? b : a)),
  ];
  const times = low === high ? text(low) : `from ${text(low)} to ${text(high)}`;
  return `A change is ${times} times as large as the kernel in its directions`;
}
