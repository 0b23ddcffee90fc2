import type { TopLevelSpec } from 'vega-lite';
import { gradientNorms, type GradientNormRow } from '../../analysis/gradientNorms.ts';
import type { Summary } from '../../results/summary.ts';
import { type Chart, legendOf, titleLines } from '../chart.ts';
import { significant } from '../numberText.ts';
import { palette, roleScales } from '../palette.ts';
import { logTicks } from './logTicks.ts';
import { mostTogether, panelPoints, panelTicks, smallMultiples } from './smallMultiples.ts';
import { plotWidth } from '../theme.ts';

export interface RoleNormRow extends GradientNormRow {
  variant: string;
}

/** Length of the gradient over the steps, a panel per role. Null without a finished run. */
export function gradientNormsByRole(summary: Summary): Chart | null {
  const variants = summary.variants.map(({ variant }) => variant);
  const points = variants.length > mostTogether ? panelPoints : undefined;
  const rows = summary.variants.flatMap(({ variant, best }) =>
    gradientNorms(
      (best?.runs ?? []).map(({ history }) => history),
      points,
    ).map((row): RoleNormRow => ({ variant, ...row })),
  );
  const shown = rows.filter(({ norm }) => norm > 0);
  if (shown.length === 0) return null;
  const title = normsTitle(shown);
  return {
    name: 'gradient-norms-by-role',
    title,
    howToRead:
      "Length of the gradient over all parameters of a role (A is down, B up), before clipping, at the best rate: geometric mean over seeds and neighbouring steps, on a log scale. A penalty of the method's counts too; where a gradient is exactly zero there is no line." +
      (variants.length > mostTogether ? ' Every variant has a panel, all with the same axes.' : ''),
    spec: gradientNormsByRoleSpec(shown, variants, title),
  };
}

export function gradientNormsByRoleSpec(
  rows: readonly RoleNormRow[],
  variants: readonly string[],
  title: string,
): TopLevelSpec {
  if (variants.length > mostTogether) return ofManyVariants(rows, variants, title);
  const { color, dash } = palette(variants);
  const roles = [...new Set(rows.map(({ role }) => role))];
  const steps = [Math.min(...rows.map(({ step }) => step)), Math.max(...rows.map(({ step }) => step))];
  return {
    title: { text: titleLines(title) },
    spacing: 14,
    usermeta: legendOf(variants),
    vconcat: roles.map((role) => {
      const last = role === roles.at(-1);
      const own = rows.filter((row) => row.role === role);
      return {
        title: { text: role, fontSize: 12, offset: 5 },
        width: plotWidth,
        height: 130,
        data: { values: own },
        mark: { type: 'line' as const, point: rows.length < 40 },
        encoding: {
          x: {
            field: 'step',
            type: 'quantitative' as const,
            title: last ? 'training step' : null,
            scale: { domain: steps, nice: false, zero: false },
            axis: { grid: false, tickCount: 6, labels: last, ticks: last },
          },
          y: {
            field: 'norm',
            type: 'quantitative' as const,
            title: 'norm (log scale)',
            scale: { type: 'log' as const, nice: false, padding: 6 },
            axis: { values: logTicks(own.map(({ norm }) => norm)), format: '~g', labelOverlap: true },
          },
          color: {
            field: 'variant',
            type: 'nominal' as const,
            scale: color,
            legend: strokes,
          },
          strokeDash: { field: 'variant', type: 'nominal' as const, scale: dash },
        },
      };
    }),
  };
}

const strokes = {
  symbolType: 'stroke',
  symbolSize: 500,
  symbolStrokeWidth: 3,
  symbolFillColor: 'transparent',
} as const;

/** A panel for every variant, a line for each of its roles. */
function ofManyVariants(rows: readonly RoleNormRow[], variants: readonly string[], title: string): TopLevelSpec {
  const roles = [...new Set(rows.map(({ role }) => role))];
  const { color, dash } = roleScales(roles);
  return smallMultiples({
    title: { text: titleLines(title) },
    rows,
    variants: variants.filter((name) => rows.some(({ variant }) => variant === name)),
    behind: false,
    legend: roles,
    axes: 'norm of the gradient (log scale) against training step',
    x: {
      field: 'step',
      type: 'quantitative',
      title: null,
      scale: { nice: false, zero: false },
      axis: { grid: false, tickCount: 3 },
    },
    y: {
      field: 'norm',
      type: 'quantitative',
      title: null,
      scale: { type: 'log', nice: false, padding: 6 },
      axis: {
        values: logTicks(
          rows.map(({ norm }) => norm),
          panelTicks,
        ),
        format: '~g',
        labelOverlap: true,
      },
    },
    layers: [
      {
        mark: 'line',
        encoding: {
          color: { field: 'role', type: 'nominal', scale: color, legend: strokes },
          strokeDash: { field: 'role', type: 'nominal', scale: dash },
        },
      },
    ],
  });
}

/** The two roles of one variant whose gradients end furthest apart. */
function normsTitle(rows: readonly RoleNormRow[]): string {
  const variants = [...new Set(rows.map(({ variant }) => variant))];
  const spreads = variants.flatMap((variant) => {
    const ends = [...new Map(rows.filter((row) => row.variant === variant).map((row) => [row.role, row])).values()];
    if (ends.length < 2) return [];
    const [low, high] = [
      ends.reduce((a, b) => (b.norm < a.norm ? b : a)),
      ends.reduce((a, b) => (b.norm > a.norm ? b : a)),
    ];
    return [{ variant, low, high, ratio: high.norm / low.norm }];
  });
  if (spreads.length === 0) return 'Length of the gradient by role';
  const { variant, low, high, ratio } = spreads.reduce((a, b) => (b.ratio > a.ratio ? b : a));
  return `In the end the gradient of ${high.role} is ${significant(ratio, 2)} times that of ${low.role} in ${variant}`;
}
