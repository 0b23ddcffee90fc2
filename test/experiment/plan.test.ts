import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { dora } from '../../src/adapters/methods/dora.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import { loraPlus } from '../../src/adapters/methods/loraPlus.ts';
import { smallWorldSentences } from '../../src/data/smallWorld/sentences.ts';
import { sums } from '../../src/data/smallWorld/sums.ts';
import { huggingFace, smallWorld } from '../../src/experiment/base.ts';
import { defineExperiment, type ExperimentOptions } from '../../src/experiment/define.ts';
import { planExperiment, planHash, type PlannedExperiment } from '../../src/experiment/plan.ts';
import { mergePlans } from '../../src/results/mergePlans.ts';
import { ofVariant } from '../../src/results/variantInPlan.ts';
import { writeTinyBase } from './tinyBase.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'plan-'));
const base = huggingFace(writeTinyBase(path.join(folder, 'base')));
afterAll(() => rmSync(folder, { recursive: true }));

const options: ExperimentOptions = {
  question: 'Which?',
  base,
  learn: sums({ digits: 1, train: 10, validation: 2, test: 2 }),
  retain: smallWorldSentences({ train: 0, validation: 2, test: 2 }),
  adapt: ['q_proj'],
  variants: { LoRA: lora({ rank: 2 }), 'LoRA+': loraPlus({ rank: 2 }) },
  train: { steps: 10, batch: 4, learningRates: [1e-3, 1e-2] },
  seeds: 2,
};

function planned(change: Partial<ExperimentOptions> = {}): PlannedExperiment {
  const opened = base.open();
  try {
    return planExperiment(defineExperiment({ ...options, ...change }), opened, { experiment: 'e', command: 'c' });
  } finally {
    opened.checkpoint.close();
  }
}

const hashes = (change?: Partial<ExperimentOptions>): string[] => planned(change).runs.map(({ hash }) => hash);

describe('a plan of variants with settings of their own', () => {
  const recipe = lora({ rank: 2 });
  const learn = sums({ digits: 1, train: 12, validation: 2, test: 2 });
  const variants = (own: object): Partial<ExperimentOptions> => ({
    variants: { LoRA: recipe, own: { recipe, ...own } },
  });
  const hashesOf = (name: string, change: Partial<ExperimentOptions>): string[] =>
    planned(change)
      .runs.filter(({ variant }) => variant === name)
      .map(({ hash }) => hash);

  it.each<[string, object]>([
    ['a target', { learn }],
    ['more steps', { train: { steps: 20 } }],
    ['weight decay', { train: { weightDecay: 0.5 } }],
    ['another base', { base: huggingFace(writeTinyBase(path.join(folder, 'other'), 7)) }],
  ])('has other hashes for a variant with %s, and the same for the rest', (_, own) => {
    const before = new Set(hashesOf('own', variants({})));
    expect(hashesOf('own', variants(own)).some((hash) => before.has(hash))).toBe(false);
    expect(hashesOf('LoRA', variants(own))).toEqual(hashes({ variants: { LoRA: recipe } }));
  });

  it('says in each run what it is given, and of a variant what differs', () => {
    const { runs, plan } = planned(variants({ learn, train: { steps: 20 } }));
    const run = runs.find(({ variant }) => variant === 'own')!;
    expect(run.learn).toMatchObject({ type: 'sums', train: 12, hash: learn.hash() });
    expect(run.train).toMatchObject({ steps: 20, batch: 4, evaluateEvery: 4 });
    expect(plan.settings.train).toMatchObject({ steps: 10 });
    expect(plan.variants.own).toMatchObject({ learn: run.learn });
    expect((plan.variants.own as Record<string, unknown>).train).toEqual({
      steps: 20,
      schedule: { type: 'linear', warmupSteps: 1 },
      evaluateEvery: 4,
    });
    expect(plan.variants.own).not.toHaveProperty('base');
    expect(plan.variants.LoRA).not.toHaveProperty('train');
  });

  it('has the same hashes with factors and references, which are in the plan', () => {
    const named = variants({ factors: { rank: 2, size: 'small' }, reference: 'LoRA' });
    expect(hashes(named)).toEqual(hashes(variants({})));
    const { plan } = planned(named);
    expect(plan.variants.own).toMatchObject({ factors: { rank: 2, size: 'small' }, reference: 'LoRA' });
    expect(ofVariant(plan, 'own')).toEqual({
      factors: { rank: 2, size: 'small' },
      reference: 'LoRA',
      matched: null,
    });
    expect(ofVariant(plan, 'LoRA')).toEqual({ factors: {}, reference: null, matched: null });
    const same = mergePlans(planned(variants({})).plan, plan, 'there', () => true);
    expect(same.variants.own).toEqual(plan.variants.own);
  });

  it('has other hashes where more is observed', () => {
    const observe = { others: learn };
    const before = new Set(hashes());
    expect(hashes({ observe }).some((hash) => before.has(hash))).toBe(false);
    expect(planned({ observe }).runs[0]!.observe).toEqual({ others: expect.objectContaining({ train: 12 }) });
    expect(planned().runs[0]).not.toHaveProperty('observe');
    expect(hashes({ observe: {} })).toEqual(hashes());
  });
});

it('has the hashes that it had before variants could have settings of their own: the quick start of the notebook', () => {
  const experiment = defineExperiment({
    question: 'Any?',
    base: smallWorld(),
    learn: sums({ digits: 2, train: 2000, validation: 50, test: 100 }),
    retain: smallWorldSentences({ train: 0, validation: 30, test: 60 }),
    adapt: 'all-linear',
    variants: { LoRA: lora({ rank: 8 }), DoRA: dora({ rank: 8 }) },
    train: { steps: 40, batch: 8, learningRates: [5e-3], evaluateEvery: 10, maxLength: 48 },
    seeds: 3,
  });
  const opened = experiment.base.open();
  const { runs } = planExperiment(experiment, opened, { experiment: 'quickstart', command: '' });
  opened.checkpoint.close();
  expect(runs.map(({ hash }) => hash.slice(0, 16))).toEqual([
    '9082e5e3f1fbcbb7',
    '75b245546cb895e9',
    'f98c6140e2a83722',
    'bf399fb8ed30dbb0',
    '909721004b51566e',
    'f5e5794330f02549',
  ]);
});

describe('a plan', () => {
  it('is every variant at every rate with every seed, each with a hash of its own', () => {
    const { runs, plan } = planned();
    expect(runs.map(({ variant, learningRate, seed }) => [variant, learningRate, seed])).toEqual(
      ['LoRA', 'LoRA+'].flatMap((variant) =>
        [1e-3, 1e-2].flatMap((learningRate) => [0, 1].map((seed) => [variant, learningRate, seed])),
      ),
    );
    expect(new Set(runs.map(({ hash }) => hash)).size).toBe(8);
    expect(plan.runs.map(({ hash }) => hash)).toEqual(runs.map(({ hash }) => hash));
  });

  it('keeps the hashes of the runs that are left when variants, rates or seeds come and go', () => {
    const all = new Set(hashes({ seeds: 3, train: { ...options.train, learningRates: [1e-3, 1e-2, 1e-1] } }));
    expect(hashes().every((hash) => all.has(hash))).toBe(true);
  });

  it.each<[string, Partial<ExperimentOptions>]>([
    ['the rank', { variants: { LoRA: lora({ rank: 3 }), 'LoRA+': loraPlus({ rank: 3 }) } }],
    ['the sites', { adapt: ['v_proj'] }],
    ['the steps', { train: { ...options.train, steps: 11 } }],
    ['the batch', { train: { ...options.train, batch: 8 } }],
    ['the weight decay', { train: { ...options.train, weightDecay: 0.1 } }],
    ['the schedule', { train: { ...options.train, schedule: { type: 'cosine', warmupSteps: 0 } } }],
    ['the target', { learn: sums({ digits: 1, train: 11, validation: 2, test: 2 }) }],
    ['the source', { retain: smallWorldSentences({ train: 0, validation: 3, test: 2 }) }],
  ])('changes every hash with %s', (_, change) => {
    const before = new Set(hashes());
    expect(hashes(change).some((hash) => before.has(hash))).toBe(false);
  });

  it('does not change with the question, nor with the order of keys', () => {
    expect(hashes({ question: 'Another?' })).toEqual(hashes());
    expect(planHash({ a: 1, b: [{ c: 2, d: 3 }] })).toBe(planHash({ b: [{ d: 3, c: 2 }], a: 1 }));
    expect(planHash({ a: [1, 2] })).not.toBe(planHash({ a: [2, 1] }));
  });

  it('changes with the weights of the base', () => {
    const before = hashes();
    writeTinyBase(path.join(folder, 'base'), 2);
    expect(hashes().some((hash) => before.includes(hash))).toBe(false);
    writeTinyBase(path.join(folder, 'base'));
    expect(hashes()).toEqual(before);
  });
});
