/** Scores against the factors of a design, and what is said of budgets. */
import { describe, expect, it } from 'vitest';
import { budgetSentences } from '../../src/report/budgets.ts';
import { factorDesigns } from '../../src/report/charts/factorDesign.ts';
import { factorPanels } from '../../src/report/charts/factorPanels.ts';
import { scoreAgainstFactor, scoreAgainstFactorSpec } from '../../src/report/charts/scoreAgainstFactor.ts';
import { scoreByTwoFactors } from '../../src/report/charts/scoreByTwoFactors.ts';
import { renderSvg } from '../../src/report/render.ts';
import type { Json } from '../../src/results/json.ts';
import { type Summary, summarize } from '../../src/results/summary.ts';
import { type Profile, profile, synthetic } from '../results/synthetic.ts';
import { compileWarnings } from './compiled.ts';

interface Designed {
  profile?: Partial<Profile>;
  factors?: Record<string, number | string>;
  matched?: Record<string, Json>;
}

function summaryOf(variants: Record<string, Designed>, seeds = 3): Summary {
  const profiles = Object.fromEntries(
    Object.entries(variants).map(([name, given]) => [name, profile(given.profile ?? {})]),
  );
  const { plan, records } = synthetic({ profiles, seeds, learningRates: [3e-3] });
  for (const [name, { factors, matched }] of Object.entries(variants))
    plan.variants[name] = {
      ...(plan.variants[name] as object),
      ...(factors && { factors }),
      ...(matched && { matched: matched as Json }),
    };
  return summarize(plan, records);
}

/** Every combination of the levels. */
const grid = (factors: Record<string, readonly (number | string)[]>): Record<string, Designed> =>
  Object.fromEntries(
    Object.entries(factors)
      .reduce<Record<string, number | string>[]>(
        (cells, [name, levels]) => cells.flatMap((cell) => levels.map((level) => ({ ...cell, [name]: level }))),
        [{}],
      )
      .map((cell) => [Object.values(cell).join(' '), { factors: cell }]),
  );

describe('a design', () => {
  it('has a chart for every factor of two numbers or more, and a line for what else differs', () => {
    const summary = summaryOf({ ...grid({ method: ['LoRA', 'DoRA'], rank: [8, 1], seedless: [5] }), full: {} });
    const [design, ...more] = factorDesigns(summary);
    expect(more).toEqual([]);
    expect(design).toMatchObject({ factor: 'rank', levels: [1, 8], lines: ['LoRA', 'DoRA'], facets: [''] });
    expect(design!.others.map(({ variant }) => variant)).toEqual(['full']);
    expect(scoreAgainstFactor(summary).map(({ name }) => name)).toEqual(['score-against-rank']);
  });

  it('has none without factors, and none for one level or for texts', () => {
    expect(factorDesigns(summaryOf({ LoRA: {}, DoRA: {} }))).toEqual([]);
    expect(factorDesigns(summaryOf(grid({ method: ['a', 'b'], rank: [8] })))).toEqual([]);
  });

  it('has panels where lines would be too many, by the factor with most levels that fit', () => {
    const cells = grid({ rank: [1, 4, 16], examples: [100, 400, 1600, 6400], digits: [1, 2], kind: ['a', 'b'] });
    const design = factorDesigns(summaryOf(cells, 1)).find(({ factor }) => factor === 'rank')!;
    expect(design.facets).toEqual(['examples 100', 'examples 400', 'examples 1,600', 'examples 6,400']);
    expect(design.lines).toEqual(['digits 1, a', 'digits 1, b', 'digits 2, a', 'digits 2, b']);
    expect(design.places.every(({ facet, line }) => facet !== '' && line !== '')).toBe(true);
  });

  it('leaves out a variant that has not finished', () => {
    const { plan, records } = synthetic({ profiles: { a: profile({}), b: profile({ divergesFrom: 0 }) }, seeds: 2 });
    plan.variants.a = { factors: { rank: 1 } };
    plan.variants.b = { factors: { rank: 2 } };
    expect(factorDesigns(summarize(plan, records))).toEqual([]);
  });
});

describe('scores against a factor', () => {
  const rows = (variants: Record<string, Designed>) => factorPanels(factorDesigns(summaryOf(variants))[0]!);

  it('are means over seeds with their intervals, of the target, its exact matches and the source', () => {
    const panels = rows({
      a: { factors: { rank: 1 }, profile: { effectNats: 0.2 } },
      b: { factors: { rank: 8 } },
      full: {},
    });
    expect(panels.map(({ title }) => title.join(' '))).toEqual([
      'test loss on the target (nats per token, lower is better)',
      'exact match on the target (share of 1, higher is better)',
      'test loss on the source (nats per token, lower is better)',
    ]);
    const [low, high] = panels[0]!.facets[0]!.rows;
    expect(low!.score - high!.score).toBeCloseTo(0.2, 1);
    expect(low!.low).toBeLessThan(low!.score);
    expect(panels[0]!.across).toEqual([{ label: 'full', score: expect.any(Number) }]);
  });

  it('are joined only where the factors tell variants apart', () => {
    const joined = (variants: Record<string, Designed>): boolean[] =>
      rows(variants)[0]!.facets[0]!.rows.map((row) => row.joined);
    const some = { a: { factors: { rank: 1 } }, b: { factors: { rank: 8 } } };
    expect(joined(some)).toEqual([true, true]);
    expect(joined({ ...some, c: { factors: { rank: 8 } } })).toEqual([true, false, false]);
    expect(scoreAgainstFactor(summaryOf({ ...some, c: { factors: { rank: 8 } } }))[0]!.howToRead).toContain(
      'not joined',
    );
  });

  it('have a name for each line across, or one for lines that are close', () => {
    const arms = { a: { factors: { rank: 1 }, profile: { effectNats: 1 } }, b: { factors: { rank: 8 } } };
    const names = (others: Record<string, Designed>): string[] => {
      const [design] = factorDesigns(summaryOf({ ...arms, ...others }, 1));
      const spec = JSON.stringify(scoreAgainstFactorSpec(design!, factorPanels(design!).slice(0, 1), ''));
      return [...spec.matchAll(/"label":"([^"]*)"/g)].map(([, label]) => label!);
    };
    const [near, same, far] = [0.3, 0.3, 0.7].map((effectNats): Designed => ({ profile: { effectNats } }));
    expect(new Set(names({ full: near!, none: far! }))).toEqual(new Set(['full', 'none']));
    expect(names({ full: near!, none: same! })).toContain('full · none');
    expect(names({ 'a long name of one': near!, 'a long name of another': same! })).toContain(
      'a long name of one and 1 more',
    );
  });

  it('have a log axis from a decade on, and no other', () => {
    const axis = (levels: number[]): string => {
      const [design] = factorDesigns(summaryOf(grid({ size: levels }), 1));
      return JSON.stringify(scoreAgainstFactorSpec(design!, factorPanels(design!), ''));
    };
    expect(axis([1, 10])).toContain('"type":"log"');
    expect(axis([1, 9])).not.toContain('"type":"log"');
    expect(axis([0, 100])).not.toContain('"type":"log"');
  });

  it.each<[string, Record<string, Designed>, number]>([
    ['one line', grid({ rank: [1, 2, 4, 8] }), 3],
    ['one seed', grid({ rank: [1, 2] }), 1],
    ['levels below one and below zero', grid({ 'σ × 2': [-0.5, 0.05, 1] }), 2],
    [
      'panels, and variants without a level',
      { ...grid({ rank: [1, 4], n: [1, 2, 3], k: ['a', 'b', "it's"] }), full: {} },
      2,
    ],
  ])('are drawn without a warning: %s', async (_, variants, seeds) => {
    for (const { spec, title, howToRead } of scoreAgainstFactor(summaryOf(variants, seeds))) {
      expect(compileWarnings(spec)).toEqual([]);
      expect(await renderSvg(spec)).not.toMatch(/NaN|undefined/);
      expect(title).toMatch(/^Lowest mean target loss: \d\.\d{3} at /);
      expect(howToRead).toMatch(/\.$/);
    }
  });
});

describe('two factors', () => {
  it('make a table in colour where both have three levels and most cells are there', async () => {
    const chart = scoreByTwoFactors(summaryOf(grid({ rank: [1, 4, 16], examples: [100, 400, 1600, 6400] }), 2))!;
    expect(chart.name).toBe('score-by-examples-and-rank');
    expect(chart.title).toMatch(
      /^Mean target loss by examples and rank: lowest, \d\.\d{3}, at examples [\d,]+ and rank \d+$/,
    );
    expect(compileWarnings(chart.spec)).toEqual([]);
    expect(await renderSvg(chart.spec)).not.toMatch(/NaN|undefined/);
  });

  it('make none where levels are few, cells are missing, or variants share one', () => {
    const cells = grid({ rank: [1, 4, 16], examples: [100, 400, 1600] });
    expect(scoreByTwoFactors(summaryOf(cells, 1))).not.toBeNull();
    expect(scoreByTwoFactors(summaryOf(grid({ rank: [1, 4], examples: [1, 2, 3] }), 1))).toBeNull();
    const diagonal = Object.fromEntries(Object.entries(cells).filter((_, i) => i % 4 < 2));
    expect(scoreByTwoFactors(summaryOf(diagonal, 1))).toBeNull();
    expect(scoreByTwoFactors(summaryOf({ ...cells, twice: { factors: { rank: 1, examples: 100 } } }, 1))).toBeNull();
    expect(scoreByTwoFactors(summaryOf(grid({ rank: [1, 4, 16], n: [1, 2, 3], k: ['a', 'b'] }), 1))).toBeNull();
  });
});

describe('budgets in words', () => {
  const said = (variants: Record<string, Designed>): string[] => budgetSentences(summaryOf(variants, 1).variants);
  const sized = (got: number): Designed => ({
    profile: { parameters: got },
    matched: { rank: 4, alpha: 8, scale: 2, at: 'start', wanted: 1000, got },
  });

  it('say how far apart they are where nothing is matched', () => {
    expect(said({ a: { profile: { parameters: 1000 } }, b: { profile: { parameters: 4000 } } })).toEqual([
      'Trained parameters are not matched: from 1,000 (a) to 4,000 (b), 4.0 times as many.',
    ]);
    expect(
      said({ a: { profile: { parameters: 1000 } }, b: { profile: { parameters: 1500, allocatesRanks: true } } }),
    ).toEqual([
      'Trained parameters are not matched: from 1,000 (a) to 1,500 (b), 1.5 times as many, as training starts; at its end, after pruning, from 1,000 (a) to 1,005 (b), 1.0 times as many.',
    ]);
    expect(said({ a: {}, b: {} })).toEqual(['All variants train about as many parameters: 8,192.']);
    expect(said({ a: {} })).toEqual([]);
  });

  it('say how closely they are matched, and what is not', () => {
    expect(said({ a: sized(1000), b: sized(979), c: { profile: { parameters: 1010 } } })).toEqual([
      'Trained parameters are matched within 2.1\u00a0%: 1,000 wanted as training starts, b has 979.',
    ]);
    expect(said({ a: sized(1000), full: { profile: { parameters: 5000 } } })).toEqual([
      'Trained parameters are matched exactly: 1,000 as training starts.',
      'Not matched: full with 5,000.',
    ]);
  });
});
