/** Claims that are read off records, each with the record that breaks it. */
import { describe, expect, it } from 'vitest';
import { adaloraBudget } from '../../../src/claims/list/adaloraBudget.ts';
import { bothZero } from '../../../src/claims/list/bothZero.ts';
import { budgetFormula } from '../../../src/claims/list/budgetFormula.ts';
import { gradientsAtStart } from '../../../src/claims/list/gradientsAtStart.ts';
import { intrinsicDimension } from '../../../src/claims/list/intrinsicDimension.ts';
import { loraPlusSpeed } from '../../../src/claims/list/loraPlusSpeed.ts';
import { pissaStart } from '../../../src/claims/list/pissaStart.ts';
import { startsAtBase } from '../../../src/claims/list/startsAtBase.ts';
import { trainableMemory } from '../../../src/claims/list/trainableMemory.ts';
import { weighClaim } from '../../../src/claims/weigh.ts';
import type { FinishedRun } from '../../../src/results/record.ts';
import { type Arm, evidenceOf, verdictBy, weighed } from '../weighed.ts';

const withLoss = (run: FinishedRun, at: (step: number, loss: number) => number): FinishedRun => ({
  ...run,
  evaluations: run.evaluations.map((one) => ({
    ...one,
    learn: { ...one.learn, lossNats: at(one.step, one.learn.lossNats!) },
  })),
});

describe('starts at the base (1)', () => {
  const zeroStart = (run: FinishedRun): FinishedRun => ({
    ...run,
    plan: { ...run.plan, recipe: { update: { type: 'lowRank', init: { up: { type: 'zero' } } } } },
  });
  const verdict = (away: number): string =>
    verdictBy(
      startsAtBase,
      weighed(
        'equal-footing',
        { LoRA: {} },
        { change: (run) => withLoss(zeroStart(run), (step, loss) => (step === 0 ? 4.2 + away : loss)) },
      ),
    ).verdict;

  it('holds to 1e-6, and one record away from it is enough to fail', () => {
    expect(verdict(0)).toBe('holds');
    expect(verdict(1e-4)).toBe('fails');
  });

  it('is not measured by starts elsewhere', () => {
    expect(verdictBy(startsAtBase, weighed('equal-footing', { LoRA: {} })).verdict).toBe('not measured');
  });
});

describe('both zero (2)', () => {
  const still = (run: FinishedRun): FinishedRun => ({
    ...withLoss(run, () => 4.2),
    gradientsAtStart: { down: 0, up: 0 },
    history: { ...run.history, gradientNorm: run.history.gradientNorm.map(() => 0) },
    evaluations: run.evaluations.map(({ step }) => ({ step, learn: { lossNats: 4.2 }, retain: { lossNats: 1.5 } })),
  });
  const verdict = (change: (run: FinishedRun) => FinishedRun): string =>
    verdictBy(bothZero, weighed('initialization', { 'zero/zero': {} }, { change })).verdict;

  it('holds where nothing moves, and fails where one loss does', () => {
    expect(verdict(still)).toBe('holds');
    expect(
      verdict((run) =>
        run.plan.seed === 3 ? withLoss(still(run), (step) => (step === 0 ? 4.2 : 4.1999999)) : still(run),
      ),
    ).toBe('fails');
  });
});

describe('gradients at step 0 (3)', () => {
  const arms: Record<string, Arm> = {
    'Kaiming/zero': {},
    'normal/zero': {},
    'zero/normal': { roles: { down: 0.04, up: 0 } },
    'normal/normal': { roles: { down: 0.04, up: 0.04 } },
  };
  const verdict = (given: Record<string, Arm>, rise: number): string =>
    verdictBy(
      gradientsAtStart,
      weighed('initialization', given, {
        change: (run) => ({
          ...run,
          evaluations: run.evaluations.map((one) =>
            one.step === 0 && run.plan.variant === 'normal/normal'
              ? { ...one, retain: { lossNats: 1.5 + rise * (1 + 0.1 * run.plan.seed) } }
              : one,
          ),
        }),
      }),
    ).verdict;

  it('holds, and fails where the other factor moves or the loss falls', () => {
    expect(verdict(arms, 0.2)).toBe('holds');
    expect(verdict({ ...arms, 'zero/normal': { roles: { down: 0.04, up: 1e-9 } } }, 0.2)).toBe('mixed');
    expect(verdict(arms, -0.2)).toBe('mixed');
  });
});

describe('AdaLoRA’s budget (10)', () => {
  const control = { type: 'rankAllocator', target: 8, warmup: 6, tail: 15 };
  const exact = (run: FinishedRun): FinishedRun => {
    const sites = { ...run.derived.sites, rank: run.derived.sites.name.map(() => 12) };
    const plan = { ...run.plan, recipe: { ...run.plan.recipe, control } };
    const at = budgetFormula(plan, { ...run.derived, sites });
    const { ranks } = run;
    const budget = ranks!.step.map(at);
    const end = ranks!.active.map((row, index) => (index === ranks!.active.length - 1 ? row.map(() => 8) : row));
    return { ...run, plan, derived: { ...run.derived, sites }, ranks: { ...ranks!, budget, active: end } };
  };
  const verdict = (change: (run: FinishedRun) => FinishedRun): string =>
    verdictBy(adaloraBudget, weighed('equal-footing', { AdaLoRA: { allocatesRanks: true } }, { change, steps: 60 }))
      .verdict;

  it('the formula gives the golden values of one matrix, 12 to 8 in 10 steps', () => {
    const plan = { recipe: { control: { target: 8, warmup: 0, tail: 0 } }, train: { steps: 10 } };
    const at = budgetFormula(plan as never, { sites: { name: ['one'], rank: [12] } } as never);
    expect([1, 2, 3, 4, 5].map(at)).toEqual([10, 10, 9, 8, 8]);
  });

  it('holds where every step has it, and fails where one has not', () => {
    expect(verdict(exact)).toBe('holds');
    expect(
      verdict((run) => {
        const right = exact(run);
        const [first, ...rest] = right.ranks!.budget;
        return { ...right, ranks: { ...right.ranks!, budget: [first! + 1, ...rest] } };
      }),
    ).toBe('fails');
  });
});

describe('LoRA+ is faster (12)', () => {
  const speed = { ...loraPlusSpeed, sections: loraPlusSpeed.sections.slice(0, 1) };
  const verdict = (effectNats: number): string =>
    verdictBy(speed, weighed('lora-plus-ratio', { LoRA: {}, 'λ 16': { effectNats } })).verdict;

  it('holds where it comes down sooner; never coming down is no ratio of one', () => {
    expect(verdict(-0.5)).toBe('holds');
    expect(verdict(0.3)).toBe('fails');
  });

  it('is asked of every comparison that has LoRA+', () => {
    const plus = (effectNats: number): string =>
      verdictBy(loraPlusSpeed, weighed('equal-footing-stories', { LoRA: {}, 'LoRA+': { effectNats } })).verdict;
    expect(plus(-0.5)).toBe('holds');
    expect(plus(0.3)).toBe('fails');
  });

  it('with λ = 1 every run must be LoRA’s', () => {
    const same = { ...loraPlusSpeed, sections: loraPlusSpeed.sections.slice(1, 2) };
    const copy = (run: FinishedRun): FinishedRun => ({
      ...run,
      final: { ...run.final, learn: { ...run.final.learn, test: { lossNats: run.plan.seed } } },
      history: { ...run.history, lossNats: [], gradientNorm: [] },
      evaluations: [],
    });
    const of = (change: (run: FinishedRun) => FinishedRun): string =>
      verdictBy(same, weighed('lora-plus-ratio', { LoRA: {}, 'λ 1': {} }, { change })).verdict;
    const alike = (run: FinishedRun): FinishedRun => ({
      ...copy(run),
      final: {
        ...copy(run).final,
        retain: { test: { lossNats: 1 } },
        learn: { validation: { lossNats: 1 }, test: { lossNats: 1 } },
      },
    });
    expect(of(alike)).toBe('holds');
    expect(of((run) => (run.plan.seed === 0 && run.plan.variant === 'LoRA' ? copy(run) : alike(run)))).toBe('fails');
  });
});

describe('PiSSA (22)', () => {
  const verdict = (early: number, start: number): string =>
    verdictBy(
      pissaStart,
      weighed(
        'initialization',
        { 'Kaiming/zero': {}, PiSSA: {} },
        {
          change: (run) =>
            withLoss(run, (step, loss) =>
              run.plan.variant !== 'PiSSA' ? loss : step === 0 ? 4.2 + start : step === 10 ? loss + early : loss,
            ),
        },
      ),
    ).verdict;

  it('starts the same and falls faster', () => {
    expect(verdict(-0.5, 0)).toBe('holds');
    expect(verdict(0, 0)).toBe('mixed');
    expect(verdict(0.5, 0.01)).toBe('fails');
  });
});

describe('memory of what trains (24)', () => {
  const weigh = (change: (run: FinishedRun) => FinishedRun): string =>
    weighClaim(trainableMemory, evidenceOf(weighed('any', { LoRA: {}, full: { parameters: 260_032 } }, { change })))
      .verdict;

  it('holds where bytes are in proportion, and fails where some are not', () => {
    expect(weigh((run) => run)).toBe('holds');
    expect(
      weigh((run) => {
        const bytes = { ...run.derived.bytes, optimizer: run.derived.bytes.optimizer + 4 };
        return run.plan.variant === 'full' ? { ...run, derived: { ...run.derived, bytes } } : run;
      }),
    ).toBe('fails');
  });
});

describe('intrinsic dimension (25)', () => {
  const dimensions = [16, 256, 4096];
  const sizes: Record<number, number> = { 48: 80_000, 96: 320_000 };
  /** 90 % of the gain from 4.2 nats down to about 1.27 is reached where the effect is small. */
  const verdict = (effect: (dimension: number, width: number) => number): string =>
    verdictBy(
      intrinsicDimension,
      weighed(
        'intrinsic-dimension',
        Object.fromEntries(
          Object.entries(sizes).flatMap(([width, parameters]): [string, Arm][] => [
            [`full, width ${width}`, { parameters }],
            ...dimensions.map((dimension): [string, Arm] => [
              `d ${dimension}, width ${width}`,
              {
                parameters: dimension,
                effectNats: effect(dimension, Number(width)),
                factors: { dimension, width },
                reference: `full, width ${width}`,
              },
            ]),
          ]),
        ),
      ),
    ).verdict;

  it('holds where few directions do, the same number for both', () => {
    expect(verdict((dimension) => (dimension < 256 ? 1.5 : 0))).toBe('holds');
  });

  it('is mixed where the larger base needs relatively more', () => {
    expect(verdict((dimension, width) => (dimension < (width === 48 ? 16 : 4096) ? 1.5 : 0))).toBe('mixed');
  });

  it('has no d₉₀ above what was tried', () => {
    expect(verdict(() => 1.5)).toBe('not measured');
  });
});
