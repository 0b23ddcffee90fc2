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
import { tInterval } from '../../src/statistics/tInterval.ts';
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
      const none = run.norm.map(() => null);
      run.amplification = { rank: run.norm.map(() => 0), factor: none, projected: none, own: none, random: none };
      run.intruders = { '0.5': none, '0.6': none };
    }
  for (const pair of analysis.similarity.pairs) pair.input = pair.output = pair.input.map((row) => row.map(() => null));
  analysis.quantization = [];
}

/** Merged kernels that were rounded again, at this cost in nats for the first variant, twice the cost for the next, and so on. */
function rounded(analysis: Analysis, cost = 0.1): void {
  Object.values(analysis.variants).forEach(({ runs }, index) =>
    runs.forEach((run, seed) => {
      const merged = 2 + seed / 100;
      run.requantized = {
        merged: { validation: merged, test: merged },
        rounded: { validation: merged, test: merged + cost * (1 + index) },
      };
    }),
  );
}

const cases: [string, Grid, ((analysis: Analysis) => void)?][] = [
  ['the usual comparison', { seeds: 2 }],
  ['one variant and one seed', { profiles: { LoRA: profile({}) }, seeds: 1, learningRates: [1e-3], steps: 1 }],
  ['twelve variants', { profiles: many, seeds: 2, learningRates: [1e-3] }],
  ['strange names', { profiles: strange, seeds: 2, learningRates: [1e-3] }],
  ['changes that are none', { seeds: 1 }, still],
  ['a base in codes', { seeds: 2 }, rounded],
  ['a base in codes of which little is left', { seeds: 2 }, (analysis) => rounded(analysis, 4)],
  ['strange names on a base in codes', { profiles: strange, seeds: 1, learningRates: [1e-3] }, rounded],
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
      'amplification-factor',
      'intruder-dimensions',
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

  it('amplification: geometric means over sites and seeds, with what the controls would give', () => {
    const known = analysed({ ...usual, seeds: 1 }, ({ variants }) => {
      for (const [name, { runs }] of Object.entries(variants))
        for (const run of runs)
          run.amplification = {
            rank: [4, 4, 4],
            factor: name === 'full' ? [null, null, null] : name === 'LoRA' ? [2, 8, null] : [20, 20, 20],
            projected: [3, 5, null],
            own: [6, 10, null],
            random: [1.5, 2.5, null],
          };
    });
    const chart = chartOf('amplification-factor', known);
    // ‖ΔW‖ = 2 · 3 and 8 · 5: over W's own first directions 1 and 4, over random ones 4 and 16.
    expect(chart.spec.data).toEqual({
      values: [
        expect.objectContaining({ variant: 'LoRA', value: expect.closeTo(4, 9), low: expect.closeTo(4, 9) }),
        expect.objectContaining({ variant: 'AdaLoRA', value: expect.closeTo(20, 9) }),
      ],
    });
    expect(text(chart)).toMatch(/"own":(2|1\.9999\d*|2\.0000\d*),"random":(8|7\.9999\d*|8\.0000\d*)/);
    expect(chart.title).toBe(
      'A change is from 4.0 (LoRA) to 20 (AdaLoRA) times as large as the kernel in its directions',
    );
  });

  it('amplification and intruders: the interval is that of the seeds', () => {
    const of = analysed({ ...usual, seeds: 3 });
    const rows = (name: string): { variant: string; low: number; value: number; high: number }[] =>
      (chartOf(name, of).spec.data as { values: { variant: string; low: number; value: number; high: number }[] })
        .values;
    const lora = rows('amplification-factor').find(({ variant }) => variant === 'LoRA')!;
    // Sizes of the seeds 1, 1.1 and 1.2, of the sites one, two and three times that.
    const logarithms = [1, 1.1, 1.2].map((size) => Math.log(size * 6 ** (1 / 3)));
    const { low, high } = tInterval(logarithms)!;
    expect(lora).toMatchObject({ low: expect.closeTo(Math.exp(low), 9), high: expect.closeTo(Math.exp(high), 9) });
    expect(rows('intruder-dimensions').find(({ variant }) => variant === 'AdaLoRA')).toMatchObject({
      threshold: '0.5',
      value: 1,
      low: 1,
      high: 1,
    });
    expect(chartOf('intruder-dimensions', of).title).toBe(
      'Of the first ten directions of a changed kernel 0.3 (LoRA) to 1.0 (AdaLoRA) are intruders',
    );
  });

  it('merged kernels: what it costs to round them again, seed by seed', () => {
    const chart = chartOf('merged-and-rounded', analysed({ ...usual, seeds: 3 }, rounded));
    expect(chart.title).toBe(
      'Rounding merged kernels again changes the target loss by +0.100 (LoRA) to +0.300 (AdaLoRA) nats',
    );
    const { low, high } = tInterval([2.1, 2.11, 2.12])!;
    expect((chart.spec.data as { values: object[] }).values).toContainEqual({
      variant: 'LoRA',
      kernels: 'rounded again',
      value: expect.closeTo(2.11, 9),
      low: expect.closeTo(low, 9),
      high: expect.closeTo(high, 9),
    });
  });

  it('of more than eight variants a panel each, heat maps a row each, and the lines of the others behind', async () => {
    const of = analysed({ ...usual, profiles: many });
    for (const name of ['singular-spectra', 'magnitude-against-direction', 'gradient-norms-by-role'])
      expect(chartOf(name, of).spec, name).toHaveProperty('facet.field', 'variant');
    expect(chartOf('effective-ranks-by-layer', of).spec).toHaveProperty('vconcat.length', 2);
    expect(chartOf('direction-similarity', of).howToRead).toContain('Columns have the numbers of the rows.');
    const behind = async (chart: Chart): Promise<number> =>
      (await renderSvg(chart.spec)).split('stroke-opacity="0.18"').length - 1;
    expect(await behind(chartOf('singular-spectra', of))).toBe(12 * 12);
    const more = Object.fromEntries(Array.from({ length: 13 }, (_, i) => [`variant ${i}`, profile({})]));
    // One range instead of thirteen lines.
    expect(await behind(chartOf('singular-spectra', analysed({ ...usual, profiles: more })))).toBe(13);
  });

  it('ranks of many variants: the mean over layers by module, and over modules by layer', () => {
    const { vconcat } = chartOf('effective-ranks-by-layer', analysed({ ...usual, seeds: 1, profiles: many })).spec as {
      vconcat: { data: { values: { variant: string; column: string; rank: number; share: number }[] } }[];
    };
    const [modules, layers] = vconcat.map(({ data }) => data.values.filter(({ variant }) => variant === 'variant 0'));
    expect(modules).toEqual([
      expect.objectContaining({ column: 'q_proj', rank: 2, share: 0 }),
      expect.objectContaining({ column: 'v_proj', rank: 2, share: 0 }),
    ]);
    expect(layers).toEqual([
      expect.objectContaining({ column: '0', rank: 1.5, share: 0 }),
      expect.objectContaining({ column: '1', rank: 3, share: 1 }),
    ]);
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
  expect(logTicks([0.15, 60], 4)).toEqual([1, 10]);
  expect(logTicks([0.15, 6], 4)).toEqual([0.2, 0.5, 1, 2, 5]);
  expect(logTicks([0.15, 6])).toEqual([0.2, 0.5, 1, 2, 5]);
  expect(logTicks([1e-5, 3])).toEqual([1e-5, 1e-4, 1e-3, 0.01, 0.1, 1]);
  expect(logTicks([2, 2])).toEqual([2]);
  expect(logTicks([1e-20, 1]).length).toBeLessThanOrEqual(8);
});
