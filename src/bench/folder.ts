/** The folder of a bench: bench.json after each row, and in the end the table and the chart of it. */
import { existsSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { writeWhole } from '../atomicFile.ts';
import { renderPng, renderSvg } from '../report/render.ts';
import { jsonText } from '../results/jsonText.ts';
import { type BenchRecord, benchRecord } from './record.ts';
import { ratioChart } from './report/chart.ts';
import { benchCsv } from './report/csv.ts';
import { benchMarkdown } from './report/markdown.ts';

export interface BenchFolder {
  readonly folder: string;
  /** Writes bench.json, the table and its CSV, and gives what they hold: see `withOthers`. */
  write(record: BenchRecord): BenchRecord;
  /** Draws what was written. */
  draw(record: BenchRecord): Promise<void>;
}

/** `order`: the names of all rows, as the table has them. */
export function benchFolder(results: string, order: readonly string[]): BenchFolder {
  const folder = path.join(results, 'bench');
  const to = (name: string): string => path.join(folder, name);
  const before = readBefore(to('bench.json'));
  let moved = false;
  return {
    folder,
    write(record) {
      const all = withOthers(record, before, order);
      // What was measured under other conditions stays in one file of its own.
      if (existsSync(to('bench.json')) && !moved && !(before && isAlike(record, before)))
        renameSync(to('bench.json'), to('bench.previous.json'));
      moved = true;
      writeWhole(to('bench.json'), jsonText(all));
      writeWhole(to('bench.csv'), benchCsv(all));
      writeWhole(to('bench.md'), benchMarkdown(all));
      return all;
    },
    async draw(record) {
      const chart = ratioChart(record);
      if (chart === null) return;
      const svg = await renderSvg(chart.spec);
      writeWhole(to('ratios.vl.json'), jsonText(chart.spec));
      writeWhole(to('ratios.svg'), svg);
      writeWhole(to('ratios.png'), await renderPng(svg));
    },
  };
}

/**
 * The record, and beside its rows those that were measured before on the same machine with the same source and versions: some rows
 * can be measured again without losing the others. Every row says when it was measured.
 */
export function withOthers(record: BenchRecord, before: BenchRecord | null, order: readonly string[]): BenchRecord {
  if (before === null || !isAlike(record, before)) return record;
  const mine = new Set(record.rows.map(({ name }) => name));
  const rows = [...record.rows, ...before.rows.filter(({ name }) => !mine.has(name))];
  const place = (name: string): number => order.indexOf(name);
  return { ...record, rows: rows.sort((a, b) => place(a.name) - place(b.name)) };
}

/** Whether all but the rows is the same. */
function isAlike(one: BenchRecord, other: BenchRecord): boolean {
  const head = ({ rows: _, ...rest }: BenchRecord): string => JSON.stringify(rest);
  return head(one) === head(other);
}

/** Null where there is none, or none of this format. */
function readBefore(file: string): BenchRecord | null {
  if (!existsSync(file)) return null;
  try {
    return benchRecord.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}
