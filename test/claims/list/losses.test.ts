/** Claims on losses: a planted effect is found, a planted null is not, and the opposite fails. */
import { describe, expect, it } from 'vitest';
import { adaloraAblation } from '../../../src/claims/list/adaloraAblation.ts';
import { learnsLess } from '../../../src/claims/list/learnsLess.ts';
import { loraPlusTuned } from '../../../src/claims/list/loraPlusTuned.ts';
import { lowData } from '../../../src/claims/list/lowData.ts';
import { neededRank } from '../../../src/claims/list/neededRank.ts';
import { qloraQuality } from '../../../src/claims/list/qloraQuality.ts';
import { rankSaturation } from '../../../src/claims/list/rankSaturation.ts';
import { whichModules } from '../../../src/claims/list/whichModules.ts';
import type { ClaimVerdict } from '../../../src/report/claims/verdict.ts';
import { type Arm, verdictBy, weighed } from '../weighed.ts';

describe('AdaLoRA against LoRA and its own parts (9)', () => {
  const verdict = (effectNats: number): ClaimVerdict =>
    verdictBy(adaloraAblation, weighed('equal-footing', { LoRA: {}, AdaLoRA: { effectNats } }));

  it.each([
    [-0.04, 'holds'],
    [0, 'no difference shown'],
    [0.04, 'fails'],
  ])('%d nats: %s', (effect, expected) => {
    expect(verdict(effect).verdict).toBe(expected);
  });

  it('every part has its say', () => {
    const others = ['SVD form only', 'no penalty', '|λ|', 'sensitivity', 'random ranks'];
    const arms = (effect: number): Record<string, Arm> =>
      Object.fromEntries(others.map((name) => [name, { effectNats: effect }]));
    const of = (rest: Record<string, Arm>): string =>
      verdictBy(adaloraAblation, weighed('adalora-ablation', { LoRA: {}, AdaLoRA: { effectNats: -0.05 }, ...rest }))
        .verdict;
    expect(of(arms(0.02))).toBe('holds');
    expect(of({ ...arms(0.02), sensitivity: { effectNats: -0.05 } })).toBe('mixed');
  });
});

describe('which modules (8)', () => {
  const verdict = (several: number, one: number): string =>
    verdictBy(
      whichModules,
      weighed('which-modules', {
        'all linear': {},
        ...Object.fromEntries(['q, v', 'attention'].map((name) => [name, { effectNats: several }])),
        ...Object.fromEntries(['q', 'k', 'v', 'o'].map((name) => [name, { effectNats: one }])),
      }),
    ).verdict;

  it('holds, shows nothing, fails', () => {
    expect(verdict(0, 0.05)).toBe('holds');
    expect(verdict(0, 0)).toBe('no difference shown');
    expect(verdict(0.05, 0)).toBe('fails');
  });
});

describe('saturation by rank 8 (6)', () => {
  const ranks = [1, 8, 32, 96];
  const verdict = (effect: (rank: number) => number): string =>
    verdictBy(
      rankSaturation,
      weighed(
        'rank-sweep',
        Object.fromEntries(
          ['α fixed', 'α ∝ r', 'rsLoRA'].flatMap((scaling) =>
            ranks.map((rank): [string, Arm] => [
              `rank ${rank}, ${scaling}`,
              { effectNats: effect(rank), parameters: 1000 * rank, factors: { rank, scaling } },
            ]),
          ),
        ),
      ),
    ).verdict;

  it('holds where more rank brings nothing, also where it harms', () => {
    expect(verdict((rank) => (rank < 8 ? 0.1 : 0))).toBe('holds');
    expect(verdict((rank) => (rank < 8 ? 0.1 : rank > 32 ? 0.3 : 0))).toBe('holds');
  });

  it('does not where it still brings much', () => {
    expect(verdict((rank) => 0.3 - 0.1 * Math.log2(rank))).toBe('mixed');
  });
});

describe('QLoRA as good as LoRA (15)', () => {
  const verdict = (effectNats: number): string =>
    verdictBy(qloraQuality, weighed('equal-footing', { LoRA: {}, QLoRA: { effectNats } })).verdict;

  it('holds within the margin and above it fails; better is as good', () => {
    expect(verdict(0)).toBe('holds');
    expect(verdict(-0.5)).toBe('holds');
    expect(verdict(0.1)).toBe('fails');
    expect(verdict(0.025)).toBe('no difference shown');
  });
});

describe('LoRA+ over tuned LoRA (13)', () => {
  const verdict = (bestRate: number): string =>
    verdictBy(
      loraPlusTuned,
      weighed('lora-plus-ratio', { LoRA: { bestRate: 1e-2 }, 'λ 16': { bestRate, effectNats: -0.1 } }),
    ).verdict;

  it('shrinks where LoRA likes another rate, and not where it likes the same', () => {
    expect(verdict(1e-3)).toBe('holds');
    expect(verdict(1e-2)).toBe('no difference shown');
  });
});

describe('the design of rank × data × difficulty', () => {
  const cells = (effect: (rank: string, examples: number, digits: number) => number): Record<string, Arm> =>
    Object.fromEntries(
      [2, 3].flatMap((digits) =>
        [100, 6000].flatMap((examples) =>
          ['1', '4', '64', 'full'].map((rank): [string, Arm] => [
            `${rank}, ${examples}, ${digits}`,
            { effectNats: effect(rank, examples, digits), factors: { rank, examples, digits } },
          ]),
        ),
      ),
    );
  const by = (claim: typeof lowData, effect: Parameters<typeof cells>[0]): string =>
    verdictBy(claim, weighed('rank-data-difficulty', cells(effect))).verdict;

  it('LoRA is ahead with little data, and they converge (23)', () => {
    expect(by(lowData, (rank, examples) => (rank === 'full' && examples === 100 ? 0.1 : 0))).toBe('holds');
    expect(by(lowData, () => 0)).toBe('mixed');
    expect(by(lowData, (rank, examples) => (rank === 'full' && examples === 100 ? -0.1 : 0))).toBe('mixed');
    expect(by(lowData, (rank) => (rank === 'full' ? 0.1 : 0))).toBe('mixed');
    // Ahead with little data or not: who falls far behind with much does not converge.
    expect(by(lowData, (rank, examples) => (rank === 'full' && examples === 6000 ? -0.4 : 0))).toBe('fails');
  });

  it('rank 4 is enough, or more data needs more (26)', () => {
    expect(by(neededRank, () => 0)).toBe('holds');
    expect(by(neededRank, (rank, examples) => (rank === '64' && examples === 6000 ? -0.6 : 0))).toBe('mixed');
    expect(by(neededRank, (rank, examples) => (rank === '64' ? (examples === 6000 ? -1.2 : -0.4) : 0))).not.toBe(
      'holds',
    );
  });
});

describe('learns less, forgets less (18)', () => {
  const experiment = (forgetsNats: number, bestRate: number): Parameters<typeof verdictBy>[1] =>
    weighed(
      'learning-and-forgetting-stories',
      {
        full: { bestRate: 1e-3, forgetsNats: 0.6 },
        'LoRA 1': { bestRate, forgetsNats, reference: 'full' },
        'LoRA 8': { bestRate, forgetsNats, reference: 'full' },
        'LoRA 64': { bestRate, forgetsNats, reference: 'full' },
      },
      { learningRates: [3e-4, 1e-3, 3e-3, 1e-2, 3e-2] },
    );

  it('holds with less forgotten at the same target loss, and ten times the rate', () => {
    expect(verdictBy(learnsLess, experiment(0.1, 1e-2)).verdict).toBe('holds');
  });

  it('is not shown by what is forgotten alike, nor at the same rate', () => {
    expect(verdictBy(learnsLess, experiment(0.6, 1e-2)).verdict).not.toBe('holds');
    expect(verdictBy(learnsLess, experiment(1.5, 1e-3)).verdict).toBe('fails');
  });
});
