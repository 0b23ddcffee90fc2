import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunRecord } from '../../src/results/record.ts';
import { summarize } from '../../src/results/summary.ts';
import type { Chart } from '../../src/report/chart.ts';
import { charts } from '../../src/report/charts.ts';
import { learningRateSweep } from '../../src/report/charts/learningRateSweep.ts';
import { renderPng, renderSvg } from '../../src/report/render.ts';
import { type Grid, type Profile, profile, profiles, synthetic } from '../results/synthetic.ts';
import { compileWarnings } from './compiled.ts';

function chartsOf(grid: Grid, change: (record: RunRecord) => RunRecord = (record) => record): Chart[] {
  const { plan, records } = synthetic(grid);
  const changed = records.map(change);
  return charts(summarize(plan, changed), changed);
}

const numbered = (length: number): Record<string, Profile> =>
  Object.fromEntries(Array.from({ length }, (_, index) => [`variant ${index}`, profile({ effectNats: index / 20 })]));
const many = numbered(12);
const strange: Record<string, Profile> = {
  "it's <b>\\bold\\</b>": profile({}),
  'a.b[0]["c"]': profile({ allocatesRanks: true }),
  'both normal, compensated, and a name that goes on and on': profile({ roles: { down: 0.1, up: 0 } }),
  'ünïcode ΔW': profile({ divergesFrom: 1e-9 }),
};

const cases: [string, Grid][] = [
  ['the usual comparison', {}],
  ['one seed', { seeds: 1 }],
  ['one rate', { learningRates: [1e-3] }],
  ['one variant', { profiles: { LoRA: profile({}) }, seeds: 1, learningRates: [1e-3], steps: 1 }],
  ['twelve variants', { profiles: many, seeds: 2 }],
  ['thirty-seven variants', { profiles: numbered(37), seeds: 2, learningRates: [1e-3, 2e-3] }],
  ['strange names', { profiles: strange, seeds: 2 }],
  ['gradients of zero alone', { profiles: { 'both zero': profile({ roles: { down: 0, up: 0 } }) }, seeds: 2 }],
  ['losses far apart', { profiles: { LoRA: profile({}), lost: profile({ effectNats: 8 }) }, seeds: 2 }],
];

let printed: string[];
beforeEach(() => {
  printed = [];
  for (const level of ['warn', 'error', 'log'] as const)
    vi.spyOn(console, level).mockImplementation((...words) => void printed.push(words.join(' ')));
});
afterEach(() => vi.restoreAllMocks());

describe.each(cases)('%s', (_, grid) => {
  it('every chart compiles and is drawn without a warning', async () => {
    const all = chartsOf(grid);
    expect(all.length).toBeGreaterThanOrEqual(7);
    for (const { name, spec } of all) {
      expect(compileWarnings(spec), name).toEqual([]);
      const svg = await renderSvg(spec);
      expect(svg, name).toMatch(/^<svg /);
      expect(svg, name).not.toMatch(/NaN|undefined/);
    }
    expect(printed).toEqual([]);
  });

  it('every chart has a file name, a title and a way to read it', () => {
    const all = chartsOf(grid);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { name, title, howToRead, spec } of all) {
      expect(name).toMatch(/^[\p{L}\p{N}.+_-]+$/u);
      expect([(spec.title as { text: string[] }).text].flat().join(' ')).toBe(title);
      expect(howToRead).toMatch(/\.$/);
    }
  });
});

it('a sweep is drawn of rates, and not of the only one', () => {
  const isSwept = (learningRates: number[]): boolean =>
    chartsOf({ learningRates }).some(({ name }) => name === 'learning-rate-sweep');
  expect(isSwept([1e-3])).toBe(false);
  expect(isSwept([1e-3, 2e-3])).toBe(true);
});

it('a compile warning would be seen', () => {
  const encoding = { x: { field: 'a', type: 'quantitative' as const, scale: { type: 'log' as const, zero: true } } };
  expect(compileWarnings({ data: { values: [] }, mark: 'point', encoding })).toHaveLength(1);
});

it('a variant has one colour in every chart', () => {
  const scales = chartsOf({}).flatMap(
    ({ spec }) =>
      JSON.stringify(spec).match(/"field":"variant","type":"nominal","scale":\{"domain":[^}]*"#[^}]*\}/g) ?? [],
  );
  expect(scales.length).toBeGreaterThan(8);
  expect(new Set(scales).size).toBe(1);
  for (const name of Object.keys(profiles)) expect(scales[0]).toContain(`"${name}"`);
});

it('the seven questions have a chart each, in the order of the report', () => {
  expect(chartsOf({}).map(({ name }) => name)).toEqual([
    'learnt-against-forgotten',
    'learning-rate-sweep',
    'loss-learnt',
    'loss-forgotten',
    'loss-training',
    'quality-against-parameters',
    'ranks-AdaLoRA',
    'gradients-at-start',
    'bytes-by-holder',
  ]);
});

it('without a finished run there is a chart of gradients at most', () => {
  const failed = (record: RunRecord): RunRecord =>
    ({ ...record, status: 'failed', error: 'no memory', final: null }) as RunRecord;
  expect(chartsOf({ seeds: 1 }, failed).map(({ name }) => name)).toEqual(['gradients-at-start']);
  const nothing = (record: RunRecord): RunRecord => ({ ...failed(record), gradientsAtStart: null }) as RunRecord;
  expect(chartsOf({ seeds: 1 }, nothing)).toEqual([]);
});

it('titles say what is seen', () => {
  const titles = Object.fromEntries(chartsOf({}).map(({ name, title }) => [name, title]));
  expect(titles['learnt-against-forgotten']).toMatch(
    /^By their means, full has learnt the most and \w+ forgotten the least$/,
  );
  expect(titles['learning-rate-sweep']).toBe(
    'The best learning rates lie between 3e-4 and 0.01, for AdaLoRA and full at the edge of the grid',
  );
  expect(titles['loss-learnt']).toMatch(/between 1\.\d+ \(full\) and 1\.\d+ \(QLoRA\)$/);
  expect(titles['ranks-AdaLoRA']).toBe('AdaLoRA leaves ranks from 5 (0.self_attn.q_proj) to 11 (0.self_attn.v_proj)');
  expect(titles['gradients-at-start']).toContain(
    'exactly zero for down everywhere and up in 1 of the 5 variants with it',
  );
  expect(titles['bytes-by-holder']).toBe('full holds 5.8 times the memory of QLoRA');
});

it('marks a rate at which runs diverged', () => {
  const { plan, records } = synthetic({ seeds: 2 });
  const chart = learningRateSweep(summarize(plan, records))!;
  expect(JSON.stringify(chart.spec)).toContain('{"variant":"LoRA+","learningRate":0.01,"runs":2}');
  expect(chart.howToRead).toContain('×');
});

it('the same chart gives the same bytes, as SVG and as PNG with text', async () => {
  const [chart] = chartsOf({ seeds: 2 });
  const [one, two] = [await renderSvg(chart.spec), await renderSvg(chart.spec)];
  expect(one).toBe(two);
  expect(one).toContain('lower is better');
  const png = await renderPng(one);
  expect(png).toEqual(await renderPng(two));
  expect(Buffer.from(png.slice(1, 4)).toString()).toBe('PNG');
  const withoutText = await renderPng(one.replace(/<text[^]*?<\/text>/g, ''));
  expect(png.length - withoutText.length).toBeGreaterThan(5_000);
});
