import type { TopLevelSpec } from 'vega-lite';
import { legendOf, titleLines } from '../chart.ts';
import { plotWidth } from '../theme.ts';

/** So many lines can be told apart in one plot; of more, each gets a plot of its own, with the others faint behind it. */
export const mostTogether = 8;

/** Characters of a panel's title in one line. */
const titleCharacters = 19;
const columns = 4;

/** More faint lines than these are one grey, and take long to draw. */
const mostLines = 12;

/** Points of a line for which a panel is wide enough. */
export const panelPoints = 50;
/** Ticks for which a panel is high enough. */
export const panelTicks = 4;

const gap = 18;

interface Panels {
  title: object;
  /** Each with its variant. */
  rows: readonly { variant: string }[];
  variants: readonly string[];
  /** What the axes are, in one line above the panels. */
  axes: string;
  x: object;
  y: { readonly field: string; readonly [name: string]: unknown };
  /** Whether the lines of all variants stand faint behind each panel's own, of very many the range that they fill. */
  behind?: boolean;
  /** Labels of the legend, where the layers have one. */
  legend?: readonly string[];
  /** Of the panel's variant. */
  layers: readonly object[];
}

/** How to read such a chart, behind what else is to be said. */
export const panelsText = (variants: number): string =>
  ` Every variant has a panel, with ${variants > mostLines ? 'the range of all' : 'the others'} faint behind it; all panels have the same axes.`;

/** A panel for every variant, all with the same axes; the lines of `rows` go through `x` and `y`. */
export function smallMultiples(panels: Panels): TopLevelSpec {
  const { title, rows, variants, axes, x, y, layers, behind = true, legend = [] } = panels;
  const spec = {
    title,
    usermeta: legendOf(legend),
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
      layer: [...(behind ? [variants.length > mostLines ? rangeOf(y) : others] : []), ...layers],
    },
  };
  return spec as unknown as TopLevelSpec;
}

/** The lines of all panels, since their data are not the panel's. */
const others = {
  data: { name: 'rows' },
  mark: { type: 'line', style: 'behind', clip: true },
  encoding: { detail: { field: 'variant', type: 'nominal' } },
};

/** From the lowest to the highest line of all panels. */
const rangeOf = (y: Panels['y']): object => ({
  data: { name: 'rows' },
  mark: { type: 'area', style: 'behind', strokeWidth: 0, fillOpacity: 0.12, clip: true },
  encoding: { y: { ...y, aggregate: 'min' }, y2: { field: y.field, aggregate: 'max' } },
});

/** A long name over several lines, in vega's expression language. */
const wrapped = `split(trim(replace(datum.label, regexp('(.{1,${titleCharacters}})( |$)', 'g'), '$1\\n')), '\\n')`;
