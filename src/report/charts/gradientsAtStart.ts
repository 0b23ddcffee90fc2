import type { TopLevelSpec } from 'vega-lite';
import type { RunRecord } from '../../results/record.ts';
import { mean } from '../../results/statistics/mean.ts';
import { type Chart, legendOf, titleLines } from '../chart.ts';
import { listText, significant } from '../numberText.ts';
import { palette } from '../palette.ts';
import { plotWidth } from '../theme.ts';

/** Euclidean norm of a role's gradient at step 0, the mean over runs. */
export interface GradientRow {
  variant: string;
  role: string;
  norm: number;
}

/** Bars per role and variant; a gradient of exactly zero is said in words. Null where no run has one. */
export function gradientsAtStart(variants: readonly string[], records: readonly RunRecord[]): Chart | null {
  const rows = gradientRows(variants, records);
  if (rows.length === 0) return null;
  const title = gradientTitle(rows);
  return {
    name: 'gradients-at-start',
    title,
    howToRead:
      'Length of the gradient at step 0 over all parameters of a role, before clipping, as the mean over runs. The scale is logarithmic, so a zero has no bar: a part with "exactly 0" does not move at the first step.',
    spec: gradientsAtStartSpec(rows, variants, title),
  };
}

export function gradientsAtStartSpec(
  rows: readonly GradientRow[],
  variants: readonly string[],
  title: string,
): TopLevelSpec {
  const { color } = palette(variants);
  const norms = rows.map(({ norm }) => norm).filter((norm) => norm > 0);
  const low = norms.length > 0 ? 10 ** (Math.floor(Math.log10(Math.min(...norms))) - 1) : 0.1;
  const high = Math.max(10 * low, ...norms);
  const values = rows.map((row) => ({
    ...row,
    from: low,
    to: Math.max(low, row.norm),
    label: row.norm === 0 ? 'exactly 0' : significant(row.norm, 2),
  }));
  return {
    title: { text: titleLines(title) },
    width: plotWidth,
    height: { step: rows.length > 40 ? 10 : 16 },
    usermeta: legendOf(variants),
    data: { values },
    encoding: {
      y: {
        field: 'role',
        type: 'nominal',
        sort: null,
        title: 'role',
        axis: { grid: false, titlePadding: 12 },
        scale: { paddingInner: 0.25 },
      },
      yOffset: { field: 'variant', type: 'nominal', sort: [...variants] },
      x: {
        field: 'to',
        type: 'quantitative',
        title: 'norm of the gradient at step 0 (log scale)',
        scale: { type: 'log', domain: [low, high], nice: false },
        axis: { tickCount: 5, format: '~g' },
      },
    },
    layer: [
      {
        mark: { type: 'bar' },
        encoding: { x2: { field: 'from' }, color: { field: 'variant', type: 'nominal', scale: color } },
      },
      { mark: { type: 'text', style: 'note', align: 'left', dx: 4 }, encoding: { text: { field: 'label' } } },
    ],
  };
}

function gradientRows(variants: readonly string[], records: readonly RunRecord[]): GradientRow[] {
  return variants.flatMap((variant) => {
    const starts = records.flatMap(({ plan, gradientsAtStart: norms }) =>
      norms && plan.variant === variant ? [norms] : [],
    );
    const roles = [...new Set(starts.flatMap((norms) => Object.keys(norms)))];
    return roles.flatMap((role): GradientRow[] => {
      const norms = starts.flatMap((start) => start[role] ?? []);
      return norms.length > 0 ? [{ variant, role, norm: mean(norms) }] : [];
    });
  });
}

function gradientTitle(rows: readonly GradientRow[]): string {
  const names = [...new Set(rows.map(({ variant }) => variant))];
  const still = names.filter((name) => rows.every(({ variant, norm }) => variant !== name || norm === 0));
  if (still.length > 0) return `At step 0 nothing moves in ${listText(still)}: every gradient is zero`;
  const zero = [...new Set(rows.filter(({ norm }) => norm === 0).map(({ role }) => role))];
  return zero.length > 0
    ? `At step 0 some gradients are exactly zero: those of ${listText(zero)}`
    : 'At step 0 every part has a gradient';
}
