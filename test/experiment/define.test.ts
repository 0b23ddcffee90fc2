import { describe, expect, it } from 'vitest';
import { lora } from '../../src/adapters/methods/lora.ts';
import { smallWorldSentences } from '../../src/data/smallWorld/sentences.ts';
import { sums } from '../../src/data/smallWorld/sums.ts';
import { RequestError } from '../../src/errors.ts';
import { huggingFace } from '../../src/experiment/base.ts';
import { defineExperiment, type ExperimentOptions, isExperiment } from '../../src/experiment/define.ts';

const options: ExperimentOptions = {
  question: 'Is it well said?',
  base: huggingFace('nowhere'),
  learn: sums({ digits: 1 }),
  retain: smallWorldSentences(),
  adapt: ['q_proj'],
  variants: { LoRA: lora({ rank: 2 }) },
  train: { steps: 10, batch: 4, learningRates: [1e-3, 1e-2] },
  seeds: 3,
};

/** What defineExperiment says of these options, which no type would allow. */
function refusal(change: object): string {
  try {
    defineExperiment({ ...options, ...change } as ExperimentOptions);
  } catch (error) {
    expect(error).toBeInstanceOf(RequestError);
    return (error as Error).message;
  }
  return 'nothing was wrong';
}

const own = (given: object): { variants: { own: object } } => ({
  variants: { own: { recipe: lora({ rank: 1 }), ...given } },
});

describe('an experiment', () => {
  it('is what was written, with every choice made', () => {
    const made = defineExperiment({ ...options, quick: { seeds: 1, train: { steps: 2 } } });
    expect(isExperiment(made)).toBe(true);
    expect(made.seeds).toEqual([0, 1, 2]);
    expect(made.train.schedule).toEqual({ type: 'linear', warmupSteps: 0 });
    expect(made.variants[0]!.learningRates).toEqual([1e-3, 1e-2]);
    expect(made.quick!.seeds).toEqual([0]);
    expect(made.quick!.train.steps).toBe(2);
    expect(made.quick!.train.batch).toBe(4);
    expect(made.quick!.quick).toBeNull();
    expect([made.extend, made.quick!.extend]).toEqual([3, 0]);
    const told = defineExperiment({ ...options, extend: 1, quick: { extend: 2 } });
    expect([told.extend, told.quick!.extend]).toEqual([1, 2]);
  });

  it('takes sites and rates of its own for a variant', () => {
    const own = { recipe: lora({ rank: 1 }), adapt: 'all-linear', learningRates: [0.1] };
    const [variant] = defineExperiment({ ...options, variants: { own } }).variants;
    expect(variant).toMatchObject({ targets: { targets: 'all-linear' }, learningRates: [0.1] });
  });

  it('takes a base, a target and a training of its own for a variant, and defaults that follow from both', () => {
    const learn = sums({ digits: 2 });
    const own = { recipe: lora({ rank: 1 }), learn, train: { steps: 60, weightDecay: 0.1 }, factors: { rank: 1 } };
    const [plain, variant] = defineExperiment({ ...options, variants: { LoRA: lora({ rank: 2 }), own } }).variants;
    expect(variant!.train).toMatchObject({ steps: 60, batch: 4, weightDecay: 0.1, evaluateEvery: 10 });
    expect(variant!.train.schedule).toEqual({ type: 'linear', warmupSteps: 3 });
    expect(variant!.learn).toBe(learn);
    expect(variant!.base).toBe(options.base);
    expect(plain).toMatchObject({ learn: options.learn, train: { steps: 10 }, factors: {}, reference: null });
  });

  it.each([
    [{ learnRates: [1] }, 'defineExperiment has no option "learnRates"; did you mean "learn"?'],
    [
      { train: { ...options.train, learningRate: [1] } },
      'train has no option "learningRate"; did you mean "learningRates"?',
    ],
    [
      { extend: -1 },
      'extend must be how often a grid of learning rates may grow, a whole number of at least 0, not -1',
    ],
    [{ extend: true }, 'extend must be how often'],
    [{ quick: { base: options.base } }, 'quick has no option "base"'],
    [{ quick: { train: { steps: 0 } } }, 'quick: train.steps must be a whole number of at least 1, not 0'],
    [{ question: undefined }, 'the experiment lacks "question"'],
    [{ base: 'models/x' }, 'base must be a base such as smallWorld() or huggingFace(folder), not "models/x"'],
    [{ retain: 'sums' }, 'retain must be a task such as sums({ digits: 2 }), not "sums"'],
    [{ learn: sums }, 'learn must be a task such as sums({ digits: 2 }), not the function sums (call it)'],
    [{ variants: {} }, 'variants must hold at least one recipe by name'],
    [
      { variants: { LoRA: lora } },
      'LoRA: a variant must be a recipe such as lora({ rank: 8 }), not the function lora (call it)',
    ],
    [{ variants: { LoRA: 'lora' } }, 'LoRA: a variant must be a recipe such as lora({ rank: 8 }), not "lora"'],
    [
      { variants: { LoRA: { ...lora({ rank: 1 }), rescaling: 1 } } },
      'LoRA: a recipe has no option "rescaling"; did you mean "rescale"?',
    ],
    [
      { variants: { own: { recipe: lora({ rank: 1 }), adopt: 'all' } } },
      'own: a variant has no option "adopt"; did you mean "adapt"?',
    ],
    [
      { variants: { own: { recipe: lora({ rank: 1 }), learningRates: [] } } },
      'own: learningRates must list at least one',
    ],
    [{ variants: { own: { adapt: 'all' } } }, 'own: a variant with options of its own lacks "recipe"'],
    [{ variants: { a: lora({ rank: 1 }), ' a': lora({ rank: 1 }) } }, 'there are two variants of the name "a"'],
    [own({ base: 'x' }), 'own: base must be a base such as smallWorld() or huggingFace(folder), not "x"'],
    [own({ learn: 'x' }), 'own: learn must be a task such as sums({ digits: 2 }), not "x"'],
    [own({ train: 5 }), 'own: train must be an object such as { steps: 100 }, not 5'],
    [own({ train: { step: 5 } }), 'own: train has no option "step"; did you mean "steps"?'],
    [own({ train: { steps: 0 } }), 'own: train.steps must be a whole number of at least 1, not 0'],
    [own({ train: { accumulation: 3 } }), 'own: train.batch (4) must be a multiple of train.accumulation (3)'],
    [own({ train: { learningRates: [1] } }), 'own: learningRates of a variant stand beside its recipe'],
    [own({ factors: 8 }), 'own: factors must hold levels by name, such as { rank: 8 }, not 8'],
    [own({ factors: { rank: NaN } }), 'own: factors.rank must be a number or a text, not NaN'],
    [own({ factors: { rank: ' ' } }), 'own: factors.rank must be a number or a text, not an empty one'],
    [own({ factors: { '': 1 } }), 'own: a factor needs a name'],
    [
      { variants: { a: { ...own({}).variants.own, factors: { r: 1 } }, ...own({ factors: { r: 'x' } }).variants } },
      'factors.r is a number for a and a text for own',
    ],
    [own({ reference: 'LoRA' }), 'own: reference must be a variant (own), not "LoRA"'],
    [{ observe: sums({ digits: 1 }) }, 'observe.name must be a task such as'],
    [{ observe: [] }, 'observe must hold tasks by name, such as { sums: sums({ digits: 2 }) }, not a list'],
    [{ observe: { learn: sums({ digits: 1 }) } }, 'observe: "learn" is scored anyway'],
    [{ observe: { '': sums({ digits: 1 }) } }, 'observe: a task needs a name'],
    [
      { observe: { a: sums({ digits: 1 }), b: sums({ digits: 1 }) } },
      'observe: a and b are the same task; leave one out',
    ],
    [{ adapt: { target: 'all' } }, 'adapt has no option "target"; did you mean "targets"?'],
    [{ seeds: 0 }, 'seeds must be how many there are, from 1'],
    [{ seeds: [1, 1] }, 'seeds: each must be a whole number and there once; 1 is not'],
    [{ seeds: 'three' }, 'seeds must be a number or a list, not "three"'],
    [
      { train: { ...options.train, batch: 3, accumulation: 2 } },
      'train.batch (3) must be a multiple of train.accumulation (2)',
    ],
    [{ train: { ...options.train, learningRates: [0] } }, 'a learning rate must be a positive number, not 0'],
    [
      { train: { ...options.train, schedule: { type: 'cosin', warmupSteps: 1 } } },
      'train.schedule.type must be constant, linear, cosine, cosine_with_restarts, polynomial, inverse_sqrt, not "cosin"',
    ],
    [{ train: { ...options.train, maxGradientNorm: 0 } }, 'train.maxGradientNorm must be a positive number, not 0'],
  ])('refuses %j', (change, message) => {
    expect(refusal(change)).toContain(message);
  });

  it('leaves it to the recipe to refuse a rank of 0', () => {
    expect(() => defineExperiment({ ...options, variants: { LoRA: lora({ rank: 0 }) } })).toThrow(/rank/);
  });
});
