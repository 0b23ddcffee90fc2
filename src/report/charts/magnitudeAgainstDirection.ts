import type { TopLevelSpec } from 'vega-lite';
import type { Analysis } from '../../results/analysis.ts';
import { type Chart, legendOf, titleLines } from '../chart.ts';
import { fixed, listText } from '../numberText.ts';
import { palette } from '../palette.ts';
import { logTicks } from './logTicks.ts';
import { plotHeight, plotWidth } from '../theme.ts';
import { mostTogether, smallMultiples } from './smallMultiples.ts';

/** How far one kernel has moved at one step, the mean over seeds. */
export interface MovementRow {
  variant: string;
  site: string;
  step: number;
  magnitude: number;
  direction: number;
}

/** ΔM against ΔD, a point for every site and step. Null where no trajectory was kept. */
export function magnitudeAgainstDirection(variants: readonly string[], analysis: Analysis): Chart | null {
  const rows = variants.flatMap((variant) => movementRows(variant, analysis));
  if (rows.length === 0) return null;
  const found = correlations(variants, analysis);
  const title = movementTitle(found);
  const all = found.map(({ variant, correlation }) => `${fixed(correlation, 2)} in ${variant}`);
  const isMany = variants.length > mostTogether;
  return {
    name: 'magnitude-against-direction',
    title,
    howToRead: `Each point is one kernel at one evaluation (up to six of a run): how much the lengths of its outputs' weights have changed (ΔM) against how far they have turned (ΔD, one minus the cosine), both as means over its outputs and over seeds, on log scales. Pearson's correlation over sites and all steps, the mean over seeds, ${isMany ? 'is in the title' : `is ${listText(all)}`}.`,
    spec: magnitudeAgainstDirectionSpec(rows, variants, title),
  };
}

export function magnitudeAgainstDirectionSpec(
  rows: readonly MovementRow[],
  variants: readonly string[],
  title: string,
): TopLevelSpec {
  const { color, shape } = palette(variants);
  const values = rows.filter(({ magnitude, direction }) => magnitude > 0 && direction > 0);
  const axis = (of: (row: MovementRow) => number): { values: number[]; format: string; labelOverlap: true } => ({
    values: logTicks(values.map(of)),
    format: '~g',
    labelOverlap: true,
  });
  const scale = { type: 'log', nice: false, padding: 10 } as const;
  const x = {
    field: 'direction',
    type: 'quantitative',
    title: 'ΔD: mean turn of an output, 1 − cosine (log scale)',
    scale,
    axis: axis(({ direction }) => direction),
  } as const;
  const y = {
    field: 'magnitude',
    type: 'quantitative',
    title: ['ΔM: mean change of', 'length (log scale)'] as string[],
    scale,
    axis: axis(({ magnitude }) => magnitude),
  } as const;
  const colored = { field: 'variant', type: 'nominal', scale: color } as const;
  if (variants.length > mostTogether)
    return smallMultiples({
      title: { text: titleLines(title) },
      rows: values,
      variants: variants.filter((name) => values.some(({ variant }) => variant === name)),
      behind: false,
      axes: 'ΔM, mean change of length, against ΔD, mean turn of an output: 1 − cosine (log scales)',
      x: { ...x, title: null },
      y: { ...y, title: null },
      layers: [
        {
          mark: { type: 'point', filled: true, size: 12, opacity: 0.75 },
          encoding: { color: { ...colored, legend: null } },
        },
      ],
    });
  return {
    title: { text: titleLines(title) },
    width: plotWidth,
    height: plotHeight,
    usermeta: legendOf(variants),
    data: { values },
    mark: { type: 'point', filled: true, size: 32, opacity: 0.75 },
    encoding: { x, y, color: colored, shape: { field: 'variant', type: 'nominal', scale: shape } },
  };
}

/** More evaluations than these would cover each other. */
const mostSteps = 6;

/** Without the start, from which nothing has moved; of many evaluations every so many, the last among them. */
function movementRows(variant: string, { sites, variants }: Analysis): MovementRow[] {
  const analysed = variants[variant];
  const moved = (analysed?.runs ?? []).flatMap(({ movement }) => movement ?? []);
  if (moved.length === 0) return [];
  const mean = (of: (one: (typeof moved)[number]) => number): number =>
    moved.reduce((sum, one) => sum + of(one), 0) / moved.length;
  const last = moved[0].step.length - 1;
  const every = Math.max(1, Math.ceil(last / mostSteps));
  return moved[0].step.flatMap((step, row) =>
    step === 0 || (last - row) % every !== 0
      ? []
      : analysed.sites.map((site, column) => ({
          variant,
          site: sites[site].name,
          step,
          magnitude: mean(({ magnitude }) => magnitude[row][column]),
          direction: mean(({ direction }) => direction[row][column]),
        })),
  );
}

interface Correlated {
  variant: string;
  correlation: number;
}

function correlations(variants: readonly string[], analysis: Analysis): Correlated[] {
  return variants.flatMap((variant) => {
    const known = (analysis.variants[variant]?.runs ?? []).flatMap(({ movement }) => movement?.correlation ?? []);
    return known.length === 0 ? [] : [{ variant, correlation: known.reduce((a, b) => a + b, 0) / known.length }];
  });
}

function movementTitle(found: readonly Correlated[]): string {
  if (found.length === 0) return 'How kernels moved in magnitude and direction';
  const text = ({ variant, correlation }: Correlated): string => `${fixed(correlation, 2)} (${variant})`;
  const [low, high] = [
    found.reduce((a, b) => (b.correlation < a.correlation ? b : a)),
    found.reduce((a, b) => (b.correlation > a.correlation ? b : a)),
  ];
  return low === high
    ? `Magnitude and direction move with a correlation of ${text(low)}`
    : `Magnitude and direction move with correlations from ${text(low)} to ${text(high)}`;
}
