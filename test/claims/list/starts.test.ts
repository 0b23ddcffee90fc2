/** Claims on where factors start, how large updates become, and which directions they share. */
import { describe, expect, it } from 'vitest';
import { orthogonality } from '../../../src/claims/list/orthogonality.ts';
import { reversedInit } from '../../../src/claims/list/reversedInit.ts';
import { scaleOfRank } from '../../../src/claims/list/scaleOfRank.ts';
import { sharedDirections } from '../../../src/claims/list/sharedDirections.ts';
import { startVariance } from '../../../src/claims/list/startVariance.ts';
import { type Analysis, compared, type Grid } from '../../../src/results/analysis.ts';
import type { FinishedRun } from '../../../src/results/record.ts';
import { analysisOf } from '../../results/syntheticAnalysis.ts';
import { type Arm, verdictBy, weighed } from '../weighed.ts';

describe('A or B drawn (4)', () => {
  const verdict = (a: Arm, b: Arm): string =>
    verdictBy(
      reversedInit,
      weighed(
        'initialization',
        { 'normal/zero': a, 'zero/normal': b },
        { learningRates: [3e-4, 1e-3, 3e-3, 1e-2, 3e-2] },
      ),
    ).verdict;

  it('A takes the higher rate and learns better, or neither, or B does', () => {
    expect(verdict({ bestRate: 1e-2, effectNats: -0.05 }, { bestRate: 1e-3 })).toBe('holds');
    expect(verdict({}, {})).toBe('no difference shown');
    expect(verdict({ bestRate: 1e-3 }, { bestRate: 1e-2, effectNats: -0.05 })).toBe('fails');
    expect(verdict({ bestRate: 1e-3, effectNats: -0.05 }, { bestRate: 1e-2 })).toBe('mixed');
  });
});

const rules = ['α fixed', 'α ∝ r', 'rsLoRA'];
const ranks = [1, 4, 16, 64];

describe('scale and rank (7)', () => {
  interface Law {
    readonly gradient: (rule: string, rank: number) => number;
    readonly norm: (rule: string, rank: number) => number;
  }
  const right: Law = {
    gradient: (rule, rank) => (rule === 'α fixed' ? 1 / Math.sqrt(rank) : rule === 'rsLoRA' ? 1 : Math.sqrt(rank)),
    norm: (rule, rank) => (rule === 'α fixed' ? rank ** -0.3 : rank ** 0.2),
  };
  const verdict = ({ gradient, norm }: Law, forgets: 'norm' | 'rank'): string => {
    const arms = rules.flatMap((scaling) =>
      ranks.map((rank): [string, Arm] => [
        `rank ${rank}, ${scaling}`,
        {
          factors: { rank, scaling },
          roles: { up: gradient(scaling, rank) },
          forgetsNats: forgets === 'norm' ? norm(scaling, rank) : rank / 32,
        },
      ]),
    );
    const analysis = analysisOf({ variants: arms.map(([name]) => name), seeds: 8 });
    for (const [name, { factors }] of arms)
      for (const run of analysis.variants[name]!.runs)
        run.norm = run.norm.map(() => norm(String(factors!.scaling), Number(factors!.rank)) * (1 + 0.01 * run.seed));
    const vary = (run: FinishedRun): FinishedRun => ({
      ...run,
      gradientsAtStart: { down: 0, up: run.gradientsAtStart.up! * (1 + 0.01 * run.plan.seed) },
    });
    return verdictBy(scaleOfRank, weighed('rank-sweep', Object.fromEntries(arms), { analysis, change: vary })).verdict;
  };

  it('holds by the laws of the scale, forgetting with the norm', () => {
    expect(verdict(right, 'norm')).toBe('holds');
  });

  it('is mixed where one of them does not', () => {
    expect(verdict(right, 'rank')).toBe('mixed');
    expect(verdict({ ...right, gradient: (_, rank) => 1 / Math.sqrt(rank) }, 'norm')).toBe('mixed');
    expect(verdict({ ...right, norm: (rule, rank) => right.norm(rule, 1 / rank) }, 'norm')).toBe('mixed');
  });
});

describe('orthogonality (11)', () => {
  const verdict = (end: { penalty: number; held: number; free: number }): string => {
    const arms = { LoRA: {}, AdaLoRA: {}, 'no penalty': {} };
    const analysis = analysisOf({ variants: Object.keys(arms), seeds: 8 });
    for (const [name, { runs }] of Object.entries(analysis.variants))
      for (const run of runs) {
        const norm = (name === 'no penalty' ? end.free : end.held) * (1 + 0.002 * run.seed);
        run.orthogonality = { down: [norm, norm, norm], up: [norm, norm, norm] };
      }
    const change = (run: FinishedRun): FinishedRun => ({
      ...run,
      plan: { ...run.plan, recipe: { update: { type: 'svd', rank: 8, sigma: 0.02 } } },
      history: {
        ...run.history,
        ...(run.plan.variant === 'AdaLoRA' && {
          penalty: run.history.step.map(
            (_, i, all) => (i === all.length - 1 ? end.penalty : 0.28) * (1 + 0.01 * run.plan.seed),
          ),
        }),
      },
    });
    return verdictBy(orthogonality, weighed('adalora-ablation', arms, { analysis, change })).verdict;
  };

  it('falls with γ and stays without', () => {
    const start = 2.79; // factors of 16 and 24 numbers, √8 (1 − dσ²) but for little
    expect(verdict({ penalty: 0.02, held: 0.3, free: start })).toBe('holds');
    expect(verdict({ penalty: 0.02, held: 0.3, free: 1 })).toBe('mixed');
    expect(verdict({ penalty: 0.4, held: 3.5, free: 2 })).toBe('fails');
  });
});

describe('shared directions (19)', () => {
  const grid = (at: (count: number) => number): Grid => compared.map((i) => compared.map((j) => at(Math.max(i, j))));
  const verdict = (ofRanks: (count: number) => number, ofSeeds: number): string => {
    const names = ['rank 8, α ∝ r', 'rank 64, α ∝ r', 'rank 96, α ∝ r'];
    const made = analysisOf({ variants: names, seeds: 8 });
    const pairs = made.similarity.pairs.map((pair) => ({
      ...pair,
      output: pair.a === pair.b ? grid(() => ofSeeds) : pair.b === names[1] ? grid(ofRanks) : grid(() => 0),
    }));
    const bounds = { mean: grid(() => 0.05), low: grid(() => 0.02), high: grid(() => 0.1) };
    const analysis: Analysis = {
      ...made,
      similarity: { pairs, baselines: [{ sites: [0, 1, 2], input: bounds, output: bounds }] },
    };
    const arms = Object.fromEntries(
      names.map((name): [string, Arm] => [
        name,
        { factors: { rank: Number(name.split(/[ ,]/)[1]), scaling: 'α ∝ r' } },
      ]),
    );
    return verdictBy(sharedDirections, weighed('rank-sweep', arms, { analysis })).verdict;
  };

  it('the first are, far above chance; the rest are not', () => {
    expect(verdict((count) => ({ 1: 0.7, 2: 0.4, 4: 0.25, 8: 0.15 })[count]!, 0.08)).toBe('holds');
    expect(verdict(() => 0.05, 0.08)).toBe('mixed');
    expect(verdict(() => 0.7, 0.6)).toBe('mixed');
    expect(verdict(() => 0.05, 0.9)).not.toBe('holds');
  });
});

describe('the variance of a start (27)', () => {
  const sigmas = [0.01, 0.1, 0.3];
  const verdict = (given: {
    measured: number;
    cost: (sigma: number, rank: number) => number;
    left: number;
  }): string => {
    const arms: Record<string, Arm> = {
      compensated: {},
      ...Object.fromEntries(
        [1, 16].flatMap((rank) =>
          sigmas.map((sigma): [string, Arm] => [
            `width 96, rank ${rank}, σ ${sigma}`,
            { factors: { width: 96, rank, sigma } },
          ]),
        ),
      ),
    };
    const analysis = analysisOf({ variants: Object.keys(arms), seeds: 8 });
    Object.values(analysis.variants).forEach((variant, index) => {
      const off = given.measured * (1 + 0.01 * Math.sin(index));
      variant.start = { predicted: [1e-4, 2e-4, 3e-4], measured: [1e-4 * off, 2e-4 * off, 3e-4 * off] };
    });
    const change = (run: FinishedRun): FinishedRun => {
      const [rank, sigma] = (/rank (\d+), σ ([\d.]+)/.exec(run.plan.variant) ?? ['', '16', '0.3']).slice(1).map(Number);
      const cost = run.plan.variant === 'compensated' ? given.left : given.cost(sigma!, rank!);
      const start = 1.5 + cost * (1 + 0.02 * run.plan.seed);
      const recipe = { update: { type: 'lowRank', rank: rank!, init: { down: { type: 'gaussian', sigma: sigma! } } } };
      const evaluations = run.evaluations.map((one) =>
        one.step === 0 ? { ...one, retain: { lossNats: start } } : one,
      );
      return { ...run, plan: { ...run.plan, recipe }, evaluations };
    };
    return verdictBy(startVariance, weighed('start-variance', arms, { analysis, change, learningRates: [1e-3] }))
      .verdict;
  };
  const cost = (sigma: number, rank: number): number => 5 * sigma ** 4 * rank;

  it('holds as predicted', () => {
    expect(verdict({ measured: 1, cost, left: 0 })).toBe('holds');
  });

  it('is mixed where the variance is another, the rank costs nothing, or compensation leaves some', () => {
    expect(verdict({ measured: 1.5, cost, left: 0 })).toBe('mixed');
    expect(verdict({ measured: 1, cost: (sigma, rank) => cost(sigma, 1 / rank), left: 0 })).toBe('mixed');
    expect(verdict({ measured: 1, cost, left: cost(0.3, 16) / 2 })).toBe('mixed');
  });
});
