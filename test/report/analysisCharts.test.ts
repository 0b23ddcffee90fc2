import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { analysisCharts } from '../../src/report/analysisCharts.ts';
import type { Chart } from '../../src/report/chart.ts';
import { layerPlace } from '../../src/report/charts/byLayer.ts';
import { logTicks } from '../../src/report/charts/logTicks.ts';
import { reportContent } from '../../src/report/content.ts';
import { reportHtml } from '../../src/report/html.ts';
import { renderSvg } from '../../src/report/render.ts';
import type { Analysis } from '../../src/results/analysis.ts';
import { currentAnalysis } from '../../src/results/currentAnalysis.ts';
import { summarize, type Summary } from '../../src/results/summary.ts';
import { type Grid, type Profile, profile, synthetic } from '../results/synthetic.ts';
import { analysisOf, analysisOfRecords } from '../results/syntheticAnalysis.ts';
import { compileWarnings } from './compiled.ts';

interface Analysed {
  readonly summary: Summary;
  readonly analysis: Analysis;
  readonly charts: readonly Chart[];
}

/** The charts of an analysis of the best runs of a synthetic experiment. */
function analysed(grid: Grid, change: (analysis: Analysis) => void = () => {}): Analysed {
  const { plan, records } = synthetic(grid);
  const summary = summarize(plan, records);
  const rates = new Map(
    summary.variants.flatMap(({ variant, best }) => (best ? [[variant, best.learningRate] as const] : [])),
  );
  const analysis = analysisOfRecords(records, rates);
  change(analysis);
  return { summary, analysis, charts: analysisCharts(summary, currentAnalysis(analysis, summary).analysis) };
}

const strange: Record<string, Profile> = {
  "it's <b>\\bold\\</b>": profile({}),
  'a.b[0]["c"]': profile({ allocatesRanks: true }),
  'both normal, compensated, and a name that goes on and on': profile({ roles: { down: 0.1, up: 0 } }),
};
const many = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`variant ${index}`, profile({})]));

/** A change that is none, of every run. */
function still(analysis: Analysis): void {
  for (const { runs } of Object.values(analysis.variants))
    for (const run of runs) {
      run.spectrum = run.spectrum.map(() => []);
      run.effectiveRank = run.stableRank = run.norm.map(() => null);
      run.norm = run.norm.map(() => 0);
      delete run.movement;
    }
  for (const pair of analysis.similarity.pairs) pair.input = pair.output = pair.input.map((row) => row.map(() => null));
  analysis.quantization = [];
}

const cases: [string, Grid, ((analysis: Analysis) => void)?][] = [
  ['the usual comparison', { seeds: 2 }],
  ['one variant and one seed', { profiles: { LoRA: profile({}) }, seeds: 1, learningRates: [1e-3], steps: 1 }],
  ['twelve variants', { profiles: many, seeds: 2, learningRates: [1e-3] }],
  ['strange names', { profiles: strange, seeds: 2, learningRates: [1e-3] }],
  ['changes that are none', { seeds: 1 }, still],
];

let printed: string[];
beforeEach(() => {
  printed = [];
  for (const level of ['warn', 'error', 'log'] as const)
    vi.spyOn(console, level).mockImplementation((...words) => void printed.push(words.join(' ')));
});
afterEach(() => vi.restoreAllMocks());

describe.each(cases)('%s', (_name, grid, change) => {
  it('every chart compiles and is drawn without a warning, has a name, a title and a way to read it', async () => {
    const { charts } = analysed(grid, change);
    expect(charts.length).toBeGreaterThan(0);
    expect(new Set(charts.map(({ name }) => name)).size).toBe(charts.length);
    for (const { name, title, howToRead, spec } of charts) {
      expect(compileWarnings(spec), name).toEqual([]);
      const svg = await renderSvg(spec);
      expect(svg, name).toMatch(/^<svg /);
      expect(svg, name).not.toMatch(/NaN|undefined|Infinity/);
      expect([(spec.title as { text: string[] }).text].flat().join(' ')).toBe(title);
      expect(`${title} ${howToRead}`).not.toMatch(/NaN|undefined|null/);
      expect(howToRead).toMatch(/\.$/);
    }
    expect(printed).toEqual([]);
  });
});

const usual: Grid = {
  seeds: 2,
  learningRates: [1e-3, 3e-3],
  profiles: { LoRA: profile({}), full: profile({ roles: { dense: 1 } }), AdaLoRA: profile({ allocatesRanks: true }) },
};
const chartOf = (name: string, of: Analysed = analysed(usual)): Chart =>
  of.charts.find((chart) => chart.name === name)!;
const text = (chart: Chart): string => JSON.stringify(chart.spec);

describe('what the charts say', () => {
  it('comes in this order, and what was not measured is left out', () => {
    expect(analysed(usual).charts.map(({ name }) => name)).toEqual([
      'singular-spectra',
      'effective-ranks-by-layer',
      'final-ranks-by-layer',
      'direction-similarity',
      'magnitude-against-direction',
      'gradient-norms-by-role',
      'quantization-error-by-layer',
    ]);
    expect(analysed({ ...usual, profiles: { LoRA: profile({}) } }, still).charts.map(({ name }) => name)).toEqual([
      'gradient-norms-by-role',
    ]);
  });

  it('spectra: geometric means, as far as half of the changes reach', () => {
    const one = analysed({ ...usual, seeds: 1 });
    const { layer } = one.charts[0]!.spec as {
      layer: { data: { values: { variant: string; index: number; value: number }[] } }[];
    };
    const rows = layer.at(-1)!.data.values;
    const lora = rows.filter(({ variant }) => variant === 'LoRA');
    // Of spectra of 4, 2 and 8 values that halve: two of three have four, one alone more.
    expect(lora.map(({ index, value }) => [index, value])).toEqual([
      [1, expect.closeTo(1, 9)],
      [2, expect.closeTo(0.5, 9)],
      [3, expect.closeTo(0.25, 9)],
      [4, expect.closeTo(0.125, 9)],
    ]);
    expect(one.charts[0]!.title).toBe('A change has an effective rank from 2.0 (LoRA) to 6.0 (AdaLoRA)');
  });

  it('ranks by layer: the mean over seeds at its place', () => {
    expect(text(chartOf('effective-ranks-by-layer'))).toContain(
      '{"variant":"LoRA","layer":1,"module":"q_proj","rank":3.15',
    );
    expect(chartOf('effective-ranks-by-layer').title).toContain('q_proj in layer 1: 9.2 (AdaLoRA)');
    expect(chartOf('final-ranks-by-layer').title).toContain('v_proj in layer');
  });

  it('similarity: the most directions that all have, with chance beside it', () => {
    const chart = chartOf('direction-similarity');
    expect(chart.title).toBe('The first 4 directions agree most between the seeds of LoRA');
    expect(chart.howToRead).toContain(
      'by chance 0.013 on the side of the input (between 0.006 and 0.025 in 95\u00a0% of draws)',
    );
    const rank1 = analysed(usual, ({ similarity }) => {
      for (const side of ['input', 'output'] as const) similarity.pairs[0]![side][1]![1] = null;
      for (const side of ['input', 'output'] as const) similarity.pairs[0]![side][2]![2] = null;
    });
    expect(chartOf('direction-similarity', rank1).title).toMatch(/^The first direction agrees most/);
  });

  it('movement: its correlations, and no start', () => {
    const away = analysed(usual, ({ variants }) => {
      for (const { movement } of Object.values(variants).flatMap(({ runs }) => runs)) {
        movement!.magnitude[0] = [1, 1, 1];
        movement!.direction[0] = [1, 1, 1];
      }
    });
    const chart = chartOf('magnitude-against-direction', away);
    expect(chart.title).toBe('Magnitude and direction move with correlations from \u22120.40 (full) to 0.80 (LoRA)');
    expect(text(chart)).toContain('"step":10');
    expect(text(chart)).not.toContain('"step":0');
  });

  it('rounding: in percent, by storage', () => {
    const chart = chartOf('quantization-error-by-layer');
    expect(chart.title).toBe(
      'Holding the base in fewer bits moves a kernel by 9.0\u00a0% (0.q_proj) to 11\u00a0% (1.v_proj)',
    );
    expect(text(chart)).toContain('nf4, 4.13 bits (LoRA)');
  });
});

describe('an analysis of other runs', () => {
  it('is left out, and the report says so', () => {
    const { plan, records } = synthetic(usual);
    const of = analysed(usual);
    expect(currentAnalysis(of.analysis, of.summary).outdated).toEqual([]);
    const old = structuredClone(of.analysis);
    old.variants.full!.runs.pop();
    const { analysis, outdated } = currentAnalysis(old, of.summary);
    expect(outdated).toEqual(['full']);
    expect(Object.keys(analysis.variants)).toEqual(['LoRA', 'AdaLoRA']);
    expect(analysis.similarity.pairs.every(({ a, b }) => a !== 'full' && b !== 'full')).toBe(true);
    const page = reportHtml(reportContent(plan, records, old));
    expect(page).toContain('out of date for full, which is left out of its charts; analyse the folder again');
    expect(page).toContain('chart-singular-spectra');
    expect(reportHtml(reportContent(plan, records))).not.toContain('chart-singular-spectra');
    expect(currentAnalysis(analysisOf(), of.summary).outdated).toEqual(['LoRA', 'full', 'AdaLoRA']);
  });
});

it('a site stands where its first number is', () => {
  expect(layerPlace('model.layers.3.self_attn.q_proj')).toEqual({ layer: 3, module: 'self_attn.q_proj' });
  expect(layerPlace('transformer.h.11.attn.c_attn')).toEqual({ layer: 11, module: 'attn.c_attn' });
  expect(layerPlace('lm_head')).toBeNull();
  expect(layerPlace('features.0')).toBeNull();
});

it('ticks of a log scale are 1, 2 and 5, or powers of ten alone', () => {
  expect(logTicks([0.15, 6])).toEqual([0.2, 0.5, 1, 2, 5]);
  expect(logTicks([1e-5, 3])).toEqual([1e-5, 1e-4, 1e-3, 0.01, 0.1, 1]);
  expect(logTicks([2, 2])).toEqual([2]);
  expect(logTicks([1e-20, 1]).length).toBeLessThanOrEqual(8);
});
