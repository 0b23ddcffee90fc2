import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { claims } from '../../src/claims/list/index.ts';
import { adaloraAblation } from '../../src/claims/list/adaloraAblation.ts';
import { marginOf } from '../../src/claims/margin.ts';
import { merge } from '../../src/claims/list/merge.ts';
import type { TestedSection } from '../../src/claims/tested.ts';
import { weighClaims } from '../../src/claims/weigh.ts';
import { rulesOfJudgement } from '../../src/report/claims/rules.ts';
import { whyText } from './whyText.ts';
import type { BestRateSummary } from '../../src/results/summary.ts';
import { evidenceOf, verdictBy, weighed } from './weighed.ts';

describe('the claims', () => {
  it('are those of the list, in its order', () => {
    expect(claims.map(({ number }) => number)).toEqual(Array.from({ length: 28 }, (_, index) => index + 1));
    expect(new Set(claims.map(({ claim }) => claim)).size).toBe(28);
  });

  it('name tests that are there', () => {
    const tests = claims.flatMap(({ sections }) =>
      sections.flatMap((section) => ('tests' in section ? (section as TestedSection).tests : [])),
    );
    expect(tests.length).toBeGreaterThan(5);
    for (const { file, title } of tests) expect(readFileSync(file, 'utf8'), file).toContain(`'${title}'`);
  });

  it('name experiments that are there, once these are', () => {
    const sources = claims.flatMap(({ sections }) => sections.map(({ source }) => source));
    const experiments = [...new Set(sources)].filter(
      (source) => /^[a-z-]+$/.test(source) && !['tests', 'bench'].includes(source),
    );
    expect(experiments.filter((name) => !existsSync(`experiments/${name}.ts`))).toEqual([]);
  });
});

it.each([
  ['of the gain', 3, 1, 0.02],
  ['of the loss that is left', 12, 0.25, 0.025],
  ['none without a gain', 1, 1, 0],
])('the page says the margin that is used: %s', (_, before, after, expected) => {
  const best = { base: { learnLossNats: before }, learn: { lossNats: { mean: after } } } as unknown as BestRateSummary;
  const { margin, marginIs } = marginOf(best, 'the reference');
  expect(margin).toBe(expected);
  expect(rulesOfJudgement.join(' ')).toContain(marginIs);
  expect(readFileSync('docs/claims.md', 'utf8')).toContain(marginIs);
});

describe('without any results', () => {
  const verdicts = weighClaims(evidenceOf());

  it('nothing is claimed but what tests hold', () => {
    const judged = verdicts.filter(({ verdict }) => verdict !== 'not measured');
    expect(judged.map(({ number, verdict }) => [number, verdict])).toEqual([[merge.number, 'mixed']]);
  });

  it('every claim says what would measure it', () => {
    for (const { why, number } of verdicts)
      expect(whyText({ why }), String(number)).toMatch(/npx adapterlab (run|bench|inspect)|no experiment|AdamW/);
  });
});

describe('a weighed claim', () => {
  const experiment = weighed('adalora-ablation', { LoRA: {}, AdaLoRA: { effectNats: -0.05 } });
  const { why, evidence } = verdictBy(adaloraAblation, experiment);

  it('says of how small a network, with how many seeds, and leads to the report', () => {
    expect(why.map(({ source }) => source)).toEqual(['adalora-ablation (a small network of 260,032 weights, 8 seeds)']);
    expect(evidence).toEqual([{ text: 'adalora-ablation', href: 'adalora-ablation/report/report.html' }]);
  });

  it('names what is not there', () => {
    expect(whyText({ why })).toContain("there is no variant 'SVD form only'");
  });
});

describe('records of runs that the claims were not written for', () => {
  it('are weighed as far as they go, whatever their recipes, evaluations and factors', () => {
    const sources = [...new Set(claims.flatMap(({ sections }) => sections.map(({ source }) => source)))];
    const variants = ['LoRA', 'AdaLoRA', 'zero/zero', 'PiSSA', 'compensated', 'full', 'λ 16', 'no penalty'];
    const odd = {
      dimension: -1,
      width: 0,
      rank: 0,
      sigma: 0,
      examples: 0,
      digits: 0,
      scaling: 'rsLoRA',
      method: 'DoRA',
    };
    const arms = Object.fromEntries(variants.map((name) => [name, { allocatesRanks: true, factors: odd }]));
    const experiments = sources.map((name) =>
      weighed(name, arms, {
        seeds: 2,
        steps: 12,
        change: (run) => ({ ...run, evaluations: [], gradientsAtStart: {} }),
      }),
    );
    expect(weighClaims(evidenceOf(...experiments))).toHaveLength(28);
  });
});
