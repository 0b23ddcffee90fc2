import type { TopLevelSpec } from 'vega-lite';
import { titleLines } from '../chart.ts';
import { plotWidth } from '../theme.ts';

/** So many lines can be told apart in one plot; of more, each gets a plot of its own, with the others faint behind it. */
export const mostTogether = 8;

/** Characters of a panel's title in one line. */
const titleCharacters = 22;
const columns = 4;
const gap = 18;

interface Panels {
  title: object;
  /** Each with its variant. */
  rows: readonly { variant: string }[];
  variants: readonly string[];
  /** What the axes are, in one line above the panels. */
  axes: string;
  x: object;
  y: object;
  /** Drawn over the line of the panel's variant. */
  layers: readonly object[];
}

/** A panel for every variant, all with the same axes; the lines of `rows` go through `x` and `y`. */
export function smallMultiples({ title, rows, variants, axes, x, y, layers }: Panels): TopLevelSpec {
  const spec = {
    title,
    datasets: { rows: [...rows] },
    data: { name: 'rows' },
    columns,
    spacing: { row: 16, column: gap },
    facet: {
      field: 'variant',
      type: 'nominal',
      sort: [...variants],
      header: {
        title: titleLines(axes, 46),
        titleAnchor: 'start',
        titleFontWeight: 'normal',
        titleLimit: 0,
        labelAnchor: 'start',
        labelExpr: wrapped,
        labelPadding: 4,
        labelLimit: 0,
      },
    },
    resolve: { axis: { x: 'independent' } },
    spec: {
      width: Math.floor((plotWidth - gap * (columns - 1)) / columns),
      height: 96,
      encoding: { x, y },
      layer: [
        {
          data: { name: 'rows' },
          mark: { type: 'line', style: 'behind', clip: true },
          encoding: { detail: { field: 'variant', type: 'nominal' } },
        },
        ...layers,
      ],
    },
  };
  return spec as unknown as TopLevelSpec;
}

/** A long name over several lines, in vega's expression language. */
const wrapped = `split(trim(replace(datum.label, regexp('(.{1,${titleCharacters}})( |$)', 'g'), '$1\\n')), '\\n')`;
