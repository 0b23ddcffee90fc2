import { createRequire } from 'node:module';
import type { TopLevelSpec } from 'vega-lite';
import { fileTheme, legendColumns, plotWidth } from './theme.ts';

/**
 * Draws a chart as SVG text, on white. The same chart gives the same bytes. vega and vega-lite are loaded here and not before:
 * they take a second, and a notebook kernel cannot load them in any other way.
 */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const theme = fileTheme();
  const characters = (spec.usermeta as { legendCharacters?: number } | undefined)?.legendCharacters ?? 0;
  const columns = legendColumns(plotWidth, characters);
  const compiled = compile(spec, { config: { ...theme, legend: { ...theme.legend, columns } } }).spec;
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logLevel: vega.Warn });
  try {
    await view.runAsync();
    // vega counts its clip paths over all charts of a process.
    vega.resetSVGDefIds();
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** Draws SVG text as a PNG file, at twice its size. Text is set in DejaVu Sans, so it looks the same on every machine. */
export async function renderPng(svg: string): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js');
  const { resolve } = createRequire(import.meta.url);
  const fontFiles = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((name) => resolve(`dejavu-fonts-ttf/ttf/${name}`));
  const font = { loadSystemFonts: false, fontFiles, defaultFontFamily: 'DejaVu Sans' };
  return new Resvg(svg, { fitTo: { mode: 'zoom', value: 2 }, background: 'white', font }).render().asPng();
}
