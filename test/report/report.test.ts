import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { reportCommand, type Reported } from '../../src/cli/report.ts';
import { RequestError } from '../../src/errors.ts';
import type { RunRecord } from '../../src/results/record.ts';
import { openStore } from '../../src/results/store.ts';
import { reportContent } from '../../src/report/content.ts';
import { runsCsv, summaryCsv } from '../../src/report/csv.ts';
import { reportHtml } from '../../src/report/html.ts';
import { reportMarkdown } from '../../src/report/markdown.ts';
import { inlineScript } from '../../src/report/page/policy.ts';
import { writeReport } from '../../src/report/report.ts';
import { type Grid, profile, synthetic } from '../results/synthetic.ts';

let results: string;

beforeEach(() => {
  results = mkdtempSync(path.join(tmpdir(), 'adapterlab-report-'));
  return () => rmSync(results, { recursive: true });
});

function written(name: string, grid: Grid): string {
  const { plan, records } = synthetic(grid);
  const store = openStore(path.join(results, name), plan);
  for (const record of records) store.write(record);
  return store.folder;
}

const small: Grid = {
  profiles: { LoRA: profile({}), other: profile({ allocatesRanks: true }) },
  learningRates: [1e-3],
  seeds: 2,
};

it('writes the page, the charts and the tables, the same bytes each time', async () => {
  const folder = written('a', small);
  const files = await writeReport(folder);
  const all = [files.html, files.markdown, files.runsCsv, files.summaryCsv, ...files.charts];
  expect(files.html).toBe(path.join(folder, 'report/report.html'));
  expect(files.charts).toHaveLength(2 * 8);
  const bytes = all.map((file) => readFileSync(file));
  await writeReport(folder);
  expect(all.map((file) => readFileSync(file)).every((again, index) => again.equals(bytes[index]))).toBe(true);
});

describe('the page', () => {
  const hostile = '</script><script>alert(1)</script><img src=x onerror=alert(1)>"\'&';
  const { plan, records } = synthetic({
    profiles: { [hostile]: profile({ divergesFrom: 1e-2 }), LoRA: profile({}) },
    seeds: 1,
  });
  const changed = records.map((record) =>
    record.status === 'finished' ? record : { ...record, error: hostile },
  ) as RunRecord[];
  const page = reportHtml(reportContent({ ...plan, question: hostile, command: hostile }, changed));
  const scripts = [...page.matchAll(/<script>([^]*?)<\/script>/g)].map(([, code]) => code);

  it('runs its own four scripts and no other, by their hashes', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)![1];
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-/);
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    const hashes = scripts.map((code) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`);
    expect(/script-src ([^;]*);/.exec(policy)![1].split(' ')).toEqual(hashes);
    expect(scripts).toHaveLength(4);
  });

  it('shows text as text', () => {
    const outside = page.replace(/<script[^]*?<\/script>/g, '').replace(/<style>[^]*?<\/style>/, '');
    expect(outside).not.toContain('<img');
    expect(outside).not.toContain('onerror=alert(1)>');
    expect(outside).toContain('&#60;img src=x onerror=alert(1)&#62;');
    expect(page.match(/<script/g)!.length - scripts.join('').split('<script').length + 1).toBe(5);
  });

  it('loads nothing', () => {
    const own = page.replace(/<script>[^]*?<\/script>/g, '');
    expect(own).not.toMatch(/https?:\/\//);
    expect(own).not.toMatch(/<link|@import|url\(|<iframe/);
    expect([...own.matchAll(/(?:src|href)="([^"]*)"/g)].every(([, to]) => to.startsWith('charts/'))).toBe(true);
  });

  it('carries its charts as data that survive', () => {
    const data = JSON.parse(/<script type="application\/json" id="page-data">([^]*?)<\/script>/.exec(page)![1]) as {
      charts: { name: string }[];
    };
    for (const { name } of data.charts) expect(page).toContain(`id="chart-${name}"`);
    expect(JSON.stringify(data)).toContain(hostile.replaceAll('"', '\\"'));
  });

  it('lists every run that stopped, what was run, and the samples', () => {
    expect(page.match(/<b>diverged<\/b>/g)).toHaveLength(1);
    for (const words of [
      'learning rates',
      'run again',
      'stories260K',
      '0123456789abcdef',
      'Blue Spice is a &#60;pub&#62;.',
    ])
      expect(page).toContain(words);
  });

  it('of 37 variants and 444 runs weighs less than three megabytes', () => {
    const names = Array.from({ length: 37 }, (_, i) => `a start with a long name, rank ${2 ** (i % 6)}, number ${i}`);
    const profiles = Object.fromEntries(names.map((name) => [name, profile({})]));
    const wide = synthetic({ profiles, seeds: 3, steps: 600 });
    expect(wide.records).toHaveLength(444);
    expect(reportHtml(reportContent(wide.plan, wide.records)).length).toBeLessThan(3e6);
  });

  it('a script cannot end its own tag', () => {
    expect(inlineScript('a = "</script><!--";\r\n')).toBe('a = "<\\/script><\\!--";\n');
  });
});

describe('tables', () => {
  const { plan, records } = synthetic({ seeds: 2 });
  const rows = (text: string): Record<string, string>[] => parse(text, { columns: true });

  it('have a row per run, with units in the names and nothing where nothing was measured', () => {
    const runs = rows(runsCsv(records));
    expect(runs).toHaveLength(records.length);
    const first = records[0];
    expect(Number(runs[0].learnTestLossNats)).toBe(first.status === 'finished' && first.final.learn.test.lossNats);
    expect(runs[0]).toMatchObject({
      variant: 'LoRA',
      learningRate: '0.0003',
      status: 'finished',
      bytesBase: '1040128',
      error: '',
    });
    const stopped = runs.filter(({ status }) => status === 'diverged');
    expect(stopped).toHaveLength(2);
    expect(stopped[0]).toMatchObject({ learnTestLossNats: '', error: 'the loss is not a number from step 21 on' });
  });

  it('have a row per variant, with intervals, seeds and the difference', () => {
    const { summary } = reportContent(plan, records);
    const full = rows(summaryCsv(summary)).find(({ variant }) => variant === 'full')!;
    expect(full).toMatchObject({
      bestLearningRate: '0.0003',
      placeInGrid: 'lowest',
      seeds: '2',
      reference: 'LoRA',
      runsFinished: '8',
    });
    expect(Number(full.differenceNats)).toBeCloseTo(-0.12, 1);
    expect(full.learnTestLossNatsSeeds).toMatch(/^0:1\.\d+ 1:1\.\d+$/);
  });

  it('hold no formula that a spreadsheet would run, and keep negative numbers', () => {
    const evil = synthetic({ profiles: { '=cmd()': profile({}), LoRA: profile({}) }, seeds: 2, learningRates: [1e-3] });
    const { summary } = reportContent(evil.plan, evil.records);
    expect(runsCsv(evil.records)).toContain("'=cmd()");
    const difference = Number(rows(summaryCsv(summary))[0].differenceNatsLow);
    expect(difference).toBe(summary.variants[0].best!.against!.learn!.difference.interval!.low);
    expect(difference).toBeLessThan(0);
  });
});

it('the Markdown shows text as text, and links every chart', () => {
  const { plan, records } = synthetic({ profiles: { 'a|b *c* <d>': profile({}), LoRA: profile({}) }, seeds: 1 });
  const content = reportContent(plan, records);
  const markdown = reportMarkdown(content);
  expect(markdown).toContain('| a\\|b \\*c\\* \\<d\\> |');
  for (const { name } of content.charts) expect(markdown).toContain(`(charts/${name}.svg)`);
});

describe('the command', () => {
  const run = async (...words: string[]): Promise<string> => {
    const lines: string[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
    try {
      await reportCommand().parseAsync(words, { from: 'user' });
    } finally {
      log.mockRestore();
    }
    return lines.join('\n');
  };

  it('makes the report of an experiment, or of every one in a results folder', async () => {
    const a = written('a', small);
    expect(await run(a)).toBe(`report: ${path.join(a, 'report/report.html')}`);
    const b = written('b', small);
    mkdirSync(path.join(results, 'other'));
    writeFileSync(path.join(results, 'README.md'), '');
    const { experiments, main } = JSON.parse(await run(results, '--json')) as Reported;
    expect(experiments.map(({ html }) => html)).toEqual(
      [a, b].map((folder) => path.join(folder, 'report/report.html')),
    );
    const index = path.join(results, 'index.html');
    expect(main).toEqual({ html: index, markdown: path.join(results, 'index.md'), claims: null, claimsMarkdown: null });
    expect(readFileSync(index, 'utf8')).toContain('href="b/report/report.html"');
    expect(existsSync(path.join(results, 'claims.html'))).toBe(false);
  });

  it('leaves out what has no run yet, and writes nothing where a record is broken', async () => {
    written('a', small);
    openStore(path.join(results, 'empty'), synthetic(small).plan);
    expect(await run(results)).toMatch(/^no run yet, left out: .*empty\nreport: .*\nmain report: .*index.html$/);
    const b = written('b', small);
    const [broken] = readdirSync(path.join(b, 'runs'));
    writeFileSync(path.join(b, 'runs', broken), '{}');
    rmSync(path.join(results, 'index.html'));
    await expect(run(results)).rejects.toThrow(broken);
    expect(existsSync(path.join(results, 'index.html'))).toBe(false);
  });

  it('says what is wrong with a folder', async () => {
    const refused = async (folder: string, message: RegExp): Promise<void> => {
      await expect(run(folder)).rejects.toThrow(message);
      await expect(run(folder)).rejects.toBeInstanceOf(RequestError);
    };
    await refused(path.join(results, 'none'), /there is no folder/);
    await refused(results, /holds no results/);
    writeFileSync(path.join(results, 'file'), '');
    await refused(path.join(results, 'file'), /is a file/);
    const { plan } = synthetic(small);
    const empty = openStore(path.join(results, 'empty'), plan).folder;
    await refused(empty, /has no run yet; make some first: npx adapterlab run/);
    expect(existsSync(path.join(empty, 'report'))).toBe(false);
    rmSync(path.join(results, 'file'));
    await refused(results, /no experiment in .* has a run yet; make some with `run`: .*empty/);
  });
});
