import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lora } from '../../src/adapters/methods/lora.ts';
import { loraPlus } from '../../src/adapters/methods/loraPlus.ts';
import { smallWorldSentences } from '../../src/data/smallWorld/sentences.ts';
import { sums } from '../../src/data/smallWorld/sums.ts';
import { huggingFace } from '../../src/experiment/base.ts';
import { defineExperiment, type ExperimentOptions } from '../../src/experiment/define.ts';
import { planExperiment, planHash, type PlannedExperiment } from '../../src/experiment/plan.ts';
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
