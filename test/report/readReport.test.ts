import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RequestError } from '../../src/errors.ts';
import { pictureHtml } from '../../src/report/picture.ts';
import { readReport, type Report } from '../../src/report/readReport.ts';
import { reportContent } from '../../src/report/content.ts';
import type { Chart } from '../../src/report/chart.ts';
import { renderPng, renderSvg } from '../../src/report/render.ts';
import { readContent } from '../../src/report/report.ts';
import { openStore } from '../../src/results/store.ts';
import { type Profile, profile, profiles, synthetic } from '../results/synthetic.ts';

const results = mkdtempSync(path.join(tmpdir(), 'adapterlab-read-report-'));
afterAll(() => rmSync(results, { recursive: true }));

let folder: string;
let report: Report;
beforeAll(() => {
  const profiles = { LoRA: profile({}), 'a|b': profile({ effectNats: -0.2 }), wild: profile({ divergesFrom: 1e-4 }) };
  const { plan, records } = synthetic({ profiles, learningRates: [1e-3, 3e-3, 1e-2], seeds: 4 });
  const store = openStore(path.join(results, 'one'), { ...plan, question: 'Is it <b>so</b>?' });
  for (const record of records) store.write(record);
  folder = store.folder;
  report = readReport(folder);
});

describe('the parts of a report', () => {
  it('have the words of the report', () => {
    const { answer, table } = readContent(folder);
    expect(report.headline).toBe(`Is it \\<b\\>so\\</b\\>?\n\n**${answer.headline.replace('a|b', 'a\\|b')}**`);
    expect(report.answer).toContain('- At its best rate, 3e-3, LoRA reaches');
    expect(report.answer).toContain(answer.caveats[0]!.replaceAll('\u00a0', ' '));
    expect(report.table.split('\n').slice(0, 2).join('\n')).toBe(
      `| ${table.head.join(' | ')} |\n| ${table.head.map(() => '---').join(' | ')} |`,
    );
    expect(report.table).toContain('\n| a\\|b | 3e-3 | ');
    expect(report.certainty).toContain('d\\_z');
    expect(report.forgetting).toContain('on the frontier');
    expect(report.run).toContain('- seeds: ');
    expect(report.run).toMatch(/^- wild at 1e-3, seed 0: diverged\. /m);
  });

  it('have the charts of the report, as pictures that need no other file', async () => {
    expect(report.charts).toEqual(readContent(folder).charts.map(({ name }) => name));
    const html = await report.chart('learning-rate-sweep');
    expect(html).toMatch(
      /^<img alt="[^"]+" src="data:image\/svg\+xml;charset=utf-8,%3Csvg [^"]+%3C\/svg%3E">\n<p>[^<]+<\/p>$/,
    );
    expect(await report.chart('learning-rate-sweep')).toBe(html);
    await expect(report.chart('none')).rejects.toThrow(/has no chart 'none'; it has learnt-against-forgotten, /);
  });

  it('have the numbers', () => {
    const { learningRate, runs, learn } = report.best('LoRA');
    expect([learningRate, runs.length, learn.lossNats.values.length]).toEqual([3e-3, 4, 4]);
    expect(() => report.best('LoRa')).toThrow(/no variant 'LoRa' with a best rate; closest: LoRA, a\|b/);
    expect(() => report.best('wild')).toThrow(RequestError);
    expect(report.records).toHaveLength(3 * 3 * 4);
    expect(report.analysis).toBeNull();
  });

  it('are none where nothing was run', () => {
    expect(() => readReport(path.join(results, 'nothing'))).toThrow(RequestError);
  });
});

describe('a picture', () => {
  const chartsOf = (given: Record<string, Profile>): Chart[] => {
    const { plan, records } = synthetic({ profiles: given, seeds: 2 });
    return reportContent(plan, records).charts;
  };

  /** The SVG text that a browser finds in it. */
  const shown = (html: string): string => {
    const [, source] = /src="data:image\/svg\+xml;charset=utf-8,([^"]*)"/.exec(html)!;
    return decodeURIComponent(source!.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))));
  };

  it.each([0, 1, 2])('is the same drawing, of fewer bytes: chart %i', async (index) => {
    const svg = await renderSvg(chartsOf(profiles)[index]!.spec);
    const inside = shown(pictureHtml(svg, 'it'));
    expect(Buffer.compare(await renderPng(inside), await renderPng(svg))).toBe(0);
    expect(inside.length).toBeLessThan(0.75 * svg.length);
  });

  it('draws a line once that stands in many panels', async () => {
    const many = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`v${i}`, profile({ effectNats: i / 20 })]));
    const curves = chartsOf(many).find(({ name }) => name === 'loss-learnt')!;
    const svg = await renderSvg(curves.spec);
    const inside = shown(pictureHtml(svg, 'it'));
    expect(Buffer.compare(await renderPng(inside), await renderPng(svg))).toBe(0);
    expect(inside.match(/<use /g)!.length).toBeGreaterThan(12 * 10);
    expect(inside.length).toBeLessThan(0.4 * svg.length);
  });

  it('keeps every character of its text', () => {
    const text = `50 % of "a" &amp; 'b' #1, λ role="x"`;
    const html = pictureHtml(
      `<svg xmlns="http://www.w3.org/2000/svg"><text role="none" fill="url('#a')">${text}</text></svg>`,
      `"<&`,
    );
    expect(html).toMatch(/^<img alt="&#34;&#60;&#38;" src="[^"<>]*">$/);
    expect(shown(html)).toContain(`<text fill="url('#a')">${text}</text>`);
  });
});
