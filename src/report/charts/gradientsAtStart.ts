import type { TopLevelSpec } from 'vega-lite';
import type { RunRecord } from '../../results/record.ts';
import { mean } from '../../statistics/mean.ts';
import { type Chart, titleLines } from '../chart.ts';
import { listText, significant } from '../numberText.ts';
import { palette } from '../palette.ts';
import { plotWidth } from '../theme.ts';
import { rowOfVariant } from './variantRows.ts';

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
      'Length of the gradient at step 0 over all parameters of a role, before clipping, as the mean over runs; a penalty that the method has, such as AdaLoRA\'s on orthogonality, counts too. The scale is logarithmic, so a zero has no bar: a part with "exactly 0" does not move at the first step.',
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
  const roles = [...new Set(rows.map(({ role }) => role))];
  return {
    title: { text: titleLines(title) },
    spacing: 14,
    vconcat: roles.map((role) => {
      const last = role === roles.at(-1);
      return {
        title: { text: role, fontSize: 12, offset: 5 },
        width: plotWidth,
        height: { step: rows.length > 40 ? 13 : 18 },
        data: {
          values: rows.filter((row) => row.role === role).map((row) => ({ ...row, from: low, ...bar(row, low) })),
        },
        encoding: {
          y: rowOfVariant(variants),
          x: {
            field: 'to',
            type: 'quantitative',
            title: last ? 'norm of the gradient at step 0 (log scale)' : null,
            scale: { type: 'log', domain: [low, high * 1.8], nice: false },
            axis: { values: decades(low, high), format: '~g', labels: last, ticks: last, domain: last },
          },
        },
        layer: [
          {
            mark: { type: 'bar', height: { band: 0.75 } },
            encoding: {
              x2: { field: 'from' },
              color: { field: 'variant', type: 'nominal', scale: color, legend: null },
            },
          },
          { mark: { type: 'text', style: 'note', align: 'left', dx: 5 }, encoding: { text: { field: 'label' } } },
        ],
      };
    }),
  };
}

/** Powers of ten from `low`, itself one, up to `high`. */
function decades(low: number, high: number): number[] {
  return Array.from({ length: Math.floor(Math.log10(high / low) + 1.001) }, (_, power) => low * 10 ** power);
}

/** Where a bar ends, and what stands at its end. */
function bar({ norm }: GradientRow, low: number): { to: number; label: string } {
  return { to: Math.max(low, norm), label: norm === 0 ? 'exactly 0' : significant(norm, 2) };
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
  const zero = [...new Set(rows.filter(({ norm }) => norm === 0).map(({ role }) => role))].map((role) => {
    const ofRole = rows.filter((row) => row.role === role);
    const count = ofRole.filter(({ norm }) => norm === 0).length;
    return count === ofRole.length
      ? `${role} everywhere`
      : `${role} in ${count} of the ${ofRole.length} variants with it`;
  });
  return zero.length > 0
    ? `At step 0 the gradient is exactly zero for ${listText(zero)}`
    : 'At step 0 every part has a gradient';
}
