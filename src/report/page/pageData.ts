import type { ReportContent } from '../content.ts';
import { measures } from '../measures.ts';
import { palette } from '../palette.ts';
import { pageTheme } from '../theme.ts';
import { variantGroups } from '../variantGroups.ts';
import type { PageData } from './data.ts';

export function pageData({ plan, summary, charts }: ReportContent): PageData {
  const names = summary.variants.map(({ variant }) => variant);
  const { color, shape } = palette(names);
  return {
    theme: pageTheme(),
    variants: names.map((name, at) => ({ name, color: color.range[at], shape: shape.range[at] })),
    groups: variantGroups(plan),
    charts: charts.map(({ name, spec, frames, variant }) => ({ name, spec: rounded(spec), frames, variant })),
    measures: measures(summary),
  };
}

/** A specification with numbers of six digits: a drawing shows no more of them, and they are most of a page. */
function rounded<Value>(value: Value): Value {
  if (typeof value === 'number') return (Number.isInteger(value) ? value : Number(value.toPrecision(6))) as Value;
  if (Array.isArray(value)) return value.map(rounded) as Value;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, rounded(inner)])) as Value;
}
