/** Budgets that are matched, on a base whose numbers can be counted by hand. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adalora } from '../../src/adapters/methods/adalora.ts';
import { dora } from '../../src/adapters/methods/dora.ts';
import { full } from '../../src/adapters/methods/full.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import { loraPlus } from '../../src/adapters/methods/loraPlus.ts';
import { pissa } from '../../src/adapters/methods/pissa.ts';
import { rslora } from '../../src/adapters/methods/rslora.ts';
import { RequestError } from '../../src/errors.ts';
import { huggingFace } from '../../src/experiment/base.ts';
import { defineExperiment, type Experiment, type ExperimentOptions } from '../../src/experiment/define.ts';
import type { MatchOptions } from '../../src/experiment/match.ts';
import { planExperiment } from '../../src/experiment/plan.ts';
import { runExperiment } from '../../src/experiment/runner.ts';
import type { SizedRecipe, Variant } from '../../src/experiment/variant.ts';
import { readStore } from '../../src/results/store.ts';
import { ofVariant } from '../../src/results/variantInPlan.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { writeTinyBase } from './tinyBase.ts';
import { tinyOptions } from './tinyOptions.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'match-'));
beforeAll(async () => {
  writeTinyBase(path.join(folder, 'base'));
  await startEngine();
});
afterAll(() => rmSync(folder, { recursive: true }));

type Variants = ExperimentOptions['variants'];

/** On q_proj [16, 16] and v_proj [16, 8] of two layers a low-rank update of rank r has 2 · r · (32 + 24) = 112 r numbers. */
const matched = (match: MatchOptions, variants: Variants): readonly Variant[] =>
  defineExperiment({ ...tinyOptions(folder, 8), quick: undefined, match, variants }).variants;

const one = (match: MatchOptions, recipe: SizedRecipe): Variant => matched(match, { one: { recipe } })[0]!;
const rankOf = (match: MatchOptions, recipe: SizedRecipe): number => one(match, recipe).matched!.rank;

function refusal(match: unknown, variants: Variants): string {
  try {
    matched(match as MatchOptions, variants);
  } catch (error) {
    expect(error).toBeInstanceOf(RequestError);
    return (error as Error).message;
  }
  return 'nothing was wrong';
}

describe('the rank', () => {
  it('is the one whose parameters are nearest to those wanted, of two the smaller', () => {
    expect([112, 160, 168, 169, 336, 800, 896].map((parameters) => rankOf({ parameters }, lora))).toEqual([
      1, 1, 1, 2, 3, 7, 8,
    ]);
  });

  it('counts everything that trains: magnitudes of DoRA, singular values of AdaLoRA', () => {
    expect(one({ parameters: 448 }, dora).matched).toMatchObject({ rank: 4, wanted: 448, got: 4 * 112 + 48 });
    expect(one({ parameters: 448 }, adalora).matched).toMatchObject({ rank: 4, wanted: 448, got: 4 * 116 });
  });

  it('may be counted at the end, after pruning', () => {
    const twice: SizedRecipe = ({ rank, alpha }) => adalora({ rank: 2 * rank, target: rank, alpha });
    expect(one({ parameters: 448 }, twice).matched).toMatchObject({ rank: 2, at: 'start', got: 464 });
    expect(one({ parameters: 448, at: 'end' }, twice).matched).toMatchObject({ rank: 4, at: 'end', got: 464 });
    const pruned: SizedRecipe = ({ rank, alpha }) => adalora({ rank: 6, target: rank, alpha });
    expect(one({ parameters: 340, at: 'end' }, pruned).matched).toMatchObject({ rank: 3, got: 348 });
  });

  it('is solved on the sites and the base of the variant', () => {
    writeTinyBase(path.join(folder, 'other'), 3);
    const variants = { one: { recipe: lora, adapt: ['q_proj'], base: huggingFace(path.join(folder, 'other')) } };
    expect(matched({ parameters: 640 }, variants)[0]!.matched).toMatchObject({ rank: 10, got: 640 });
  });

  it('is that of another variant for the same method', () => {
    const [like, same, other] = matched(
      { parameters: 'LoRA' },
      { LoRA: lora({ rank: 5, alpha: 5 }), same: { recipe: loraPlus }, DoRA: { recipe: dora } },
    );
    expect(like!.matched).toBeNull();
    expect(same!.matched).toEqual({ rank: 5, alpha: 5, scale: 1, at: 'start', wanted: 560, got: 560 });
    expect(other!.matched).toMatchObject({ rank: 5, alpha: 5, wanted: 560, got: 608 });
  });
});

describe('alpha', () => {
  const scaleOf = ({ method }: Variant): number =>
    method.update.outline({ name: 'q', kind: 'linear', shape: [16, 16] }).derived.scale!;

  it('is scale times rank where a recipe divides by the rank', () => {
    for (const recipe of [lora, dora, adalora])
      expect(one({ parameters: 448, scale: 3 }, recipe).matched).toMatchObject({ rank: 4, alpha: 12, scale: 3 });
    expect(one({ parameters: 448 }, lora).matched).toMatchObject({ alpha: 8, scale: 2 });
  });

  it('gives the same scale where it divides by the root of the rank, or by a rank of its own', () => {
    const root = one({ parameters: 448, scale: 3 }, rslora);
    expect(root.matched!.alpha).toBeCloseTo(3 * Math.sqrt(4), 12);
    expect(scaleOf(root)).toBeCloseTo(3, 12);
    const pruned: SizedRecipe = ({ rank, alpha }) => adalora({ rank: 6, target: rank, alpha });
    expect(scaleOf(one({ parameters: 340, at: 'end' }, pruned))).toBeCloseTo(2, 4);
  });
});

describe('a match is refused', () => {
  const sized: Variants = { one: { recipe: lora } };
  it.each<[unknown, Variants, string]>([
    [{ parameters: 100 }, sized, 'one: 100 trained parameters are wanted, but a rank of 1 has 112 already'],
    [{ parameters: 897 }, sized, 'one: 897 trained parameters are wanted, but the highest rank, 8, has 896 only'],
    [
      { parameters: 200 },
      { one: { recipe: ({ alpha }) => lora({ rank: 4, alpha }) } },
      'one: its recipe trains 448 parameters whatever the rank',
    ],
    [
      { parameters: 224 },
      { one: { recipe: ({ rank }) => lora({ rank, alpha: 64 }) } },
      'one: its scale is 32 whatever alpha is; use the alpha that it is given',
    ],
    [{ parameters: 224 }, { one: { recipe: (() => 5) as never } }, 'one: at rank 1: its recipe must give a recipe'],
    [
      { parameters: 224 },
      { one: { recipe: full as SizedRecipe } },
      'one: its recipe trains 768 parameters whatever the rank',
    ],
    [{ parameters: 224 }, { one: lora({ rank: 1 }) }, 'match has nothing to size'],
    [undefined, sized, 'one: its recipe is a function of { rank, alpha }; say what it is to match'],
    [{}, sized, 'match lacks "parameters"'],
    [{ parameter: 1 }, sized, 'match has no option "parameter"; did you mean "parameters"?'],
    [{ parameters: 1.5 }, sized, 'match.parameters must be a whole number of at least 1 or the name of a variant'],
    [{ parameters: 'one' }, sized, 'match.parameters must name a variant whose size is given (there is none)'],
    [
      { parameters: 'Lora' },
      { ...sized, LoRA: lora({ rank: 1 }) },
      'match.parameters must name a variant whose size is given (LoRA), not "Lora"',
    ],
    [{ parameters: 224, at: 'middle' }, sized, `match.at must be 'start' or 'end', not "middle"`],
    [{ parameters: 224, scale: 0 }, sized, 'match.scale must be a positive number, not 0'],
    [{ parameters: 224 }, { one: { recipe: lora, adapt: ['nothing'] } }, 'one: '],
  ])('%j', (match, variants, message) => {
    expect(refusal(match, variants)).toContain(message);
  });

  it('but a start that no higher rank has ends the search, and no more', () => {
    expect(rankOf({ parameters: 448 }, pissa)).toBe(4);
  });
});

describe('what was solved', () => {
  const experimentOf = (): Experiment =>
    defineExperiment({
      ...tinyOptions(folder, 8),
      match: { parameters: 'LoRA', at: 'end' },
      adapt: ['q_proj'],
      variants: {
        LoRA: lora({ rank: 4 }),
        DoRA: { recipe: dora },
        AdaLoRA: { recipe: ({ rank, alpha }) => adalora({ rank: rank + 2, target: rank, alpha, every: 1 }) },
      },
      quick: undefined,
      seeds: 1,
      train: { steps: 8, batch: 2, learningRates: [1e-3] },
    });

  it('is in the plan, and its recipe decides the hash as one of that size does', () => {
    const experiment = experimentOf();
    const base = experiment.base.open();
    const { plan } = planExperiment(experiment, base, { experiment: 'e', command: '' });
    base.checkpoint.close();
    expect(ofVariant(plan, 'DoRA').matched).toEqual({
      rank: 3,
      alpha: 6,
      scale: 2,
      at: 'end',
      wanted: 256,
      got: 224,
    });
    expect(plan.variants.DoRA).toMatchObject({ update: { rank: 3, alpha: 6 } });
    expect(ofVariant(plan, 'LoRA').matched).toBeNull();
  });

  it('is what a run then trains, at its start and at its end', async () => {
    const { folder: made } = await runExperiment(experimentOf(), { name: 'matched', results: folder });
    const { plan: held, read } = readStore(made);
    for (const { plan: run, derived } of read()) {
      const solved = ofVariant(held, run.variant).matched;
      expect(derived!.trainableParametersAtEnd).toBe(solved?.got ?? 256);
      if (run.variant === 'AdaLoRA') expect(derived!.trainableParameters).toBe(2 * 6 * 33);
    }
  });
});
