import path from 'node:path';
import { writeWhole } from '../atomicFile.ts';
import { RequestError } from '../errors.ts';
import { readAnalysis } from '../results/analysisFile.ts';
import { readStore } from '../results/store.ts';
import { type ReportContent, reportContent } from './content.ts';
import { runsCsv, summaryCsv } from './csv.ts';
import { reportHtml } from './html.ts';
import { reportMarkdown } from './markdown.ts';
import { renderPng, renderSvg } from './render.ts';

/** Files of a report, as paths. */
export interface ReportFiles {
  html: string;
  markdown: string;
  runsCsv: string;
  summaryCsv: string;
  /** SVG and PNG of every chart. */
  charts: string[];
}

/**
 * Writes the report of the experiment in `folder` (that of its `plan.json`) into `<folder>/report`, from its run records alone, and its
 * analysis where there is one.
 * A folder that is none of an experiment's, that has no record yet or a broken one, is a RequestError.
 */
export async function writeReport(folder: string): Promise<ReportFiles> {
  return writeContent(folder, readContent(folder));
}

/** What the report of a folder says, from its run records alone; the errors of `writeReport`. */
export function readContent(folder: string): ReportContent {
  const store = readStore(folder);
  const { plan } = store;
  const records = store.read();
  if (records.length === 0) throw new RequestError(`${folder} has no run yet; make some first: ${plan.command}`);
  return reportContent(plan, records, readAnalysis(folder));
}

/** Writes what was read of a folder into its `report`. */
export async function writeContent(folder: string, content: ReportContent): Promise<ReportFiles> {
  const to = (name: string): string => path.join(folder, 'report', name);
  // The page comes last: where it is, the rest is too.
  const charts = await writeCharts(content, to('charts'));
  const files = {
    runsCsv: to('runs.csv'),
    summaryCsv: to('summary.csv'),
    markdown: to('summary.md'),
    html: to('report.html'),
  };
  writeWhole(files.runsCsv, runsCsv(content.records));
  writeWhole(files.summaryCsv, summaryCsv(content.summary));
  writeWhole(files.markdown, reportMarkdown(content));
  writeWhole(files.html, reportHtml(content));
  return { ...files, charts };
}

async function writeCharts({ charts }: ReportContent, folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const { name, spec } of charts) {
    const svg = await renderSvg(spec);
    const [svgFile, pngFile] = ['svg', 'png'].map((kind) => path.join(folder, `${name}.${kind}`));
    writeWhole(svgFile, svg);
    writeWhole(pngFile, await renderPng(svg));
    files.push(svgFile, pngFile);
  }
  return files;
}
