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
    charts: charts.map(({ name, spec, frames, variant }) => ({ name, spec, frames, variant })),
    measures: measures(summary),
  };
}
