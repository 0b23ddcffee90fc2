import type { Config } from 'vega-lite';

/** Pixels of a chart's plot, without axes. The page narrows it to what the screen has. */
export const plotWidth = 600;
export const plotHeight = 320;

/** Ink of a theme: text, faint lines, and what stands out without being a variant (the base, a mark of choice). */
interface Ink {
  text: string;
  faint: string;
  strong: string;
  background: string | null;
}

const light: Ink = { text: '#333333', faint: '#e3e3e3', strong: '#111111', background: '#ffffff' };
/** The page's own, so that a chart follows it into the dark and onto paper without being drawn again. */
const page: Ink = { text: 'var(--ink)', faint: 'var(--grid)', strong: 'var(--strong)', background: null };

/** Look of all charts on white, for files; `font` must be known to what draws them. */
export function fileTheme(font = 'DejaVu Sans'): Config {
  return config(light, font, 12);
}

/** Look of the same charts on a page, which has the background and the variables of colour (page/style.ts). */
export function pageTheme(): Config {
  return config(page, 'system-ui, sans-serif', 12);
}

/** Columns of a legend that fit a width, for labels of so many characters. */
export function legendColumns(widthPixels: number, characters: number): number {
  return Math.max(1, Math.floor((widthPixels + 40) / (7 * characters + 36)));
}

function config({ text, faint, strong, background }: Ink, font: string, size: number): Config {
  const label = { labelColor: text, titleColor: text, labelFontSize: size - 1, titleFontSize: size };
  return {
    ...(background === null ? { background: 'transparent' } : { background }),
    font,
    padding: 12,
    view: { stroke: null },
    title: {
      anchor: 'start',
      frame: 'group',
      color: strong,
      fontSize: 14,
      subtitleColor: text,
      subtitleFontSize: size,
      subtitlePadding: 5,
      offset: 14,
      lineHeight: 18,
      subtitleLineHeight: 16,
    },
    axis: {
      ...label,
      gridColor: faint,
      domainColor: text,
      tickColor: text,
      titleFontWeight: 'normal',
      titlePadding: 9,
      labelSeparation: 5,
    },
    axisY: { domain: false, ticks: false, labelPadding: 6, titleLineHeight: 15 },
    legend: {
      ...label,
      orient: 'top',
      title: null,
      symbolSize: 110,
      symbolOpacity: 1,
      titleFontWeight: 'normal',
      symbolStrokeWidth: 2,
      labelLimit: 420,
      symbolLimit: 500,
      rowPadding: 4,
    },
    line: { strokeWidth: 2 },
    rule: { color: text },
    text: { color: text, fontSize: size - 1 },
    header: { labelColor: text, labelFontSize: size - 1, labelFontWeight: 'bold', titleColor: text },
    style: {
      note: { fill: text, fontSize: size - 1 },
      hollow: { fill: null, stroke: strong },
      guide: { stroke: text, color: text },
      extent: { fill: text, color: text, fillOpacity: 0.24 },
      behind: { stroke: text, color: text, strokeOpacity: 0.18, strokeWidth: 1 },
    },
  };
}
