/** What a training step may cost: no tape, nothing for frozen weights, nothing below the lowest site that trains, little for lanes. */
import { beforeAll, describe, expect, test } from 'vitest';
import { methodOf } from '../../src/adapters/compose.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import { activeEngine, startEngine } from '../../src/tensor/engine.ts';
import { hasKernels, useKernels } from '../../src/tensor/kernels.ts';
import { loadBase } from '../../src/train/base.ts';
import { createModel } from '../../src/train/model.ts';
import { train } from '../../src/train/trainer.ts';
import { tinyLlama } from '../tinyLlama.ts';
import { type EngineCalls, engineCalls } from './engineCalls.ts';
import { registered, type Subject, subjects } from './subjects.ts';
import { baseOf, logitsOf, modelOf, runOf } from './tinyRun.ts';

beforeAll(async () => void (await startEngine()));

/** The calls of one whole step, after one that made what stays. */
function stepCalls(subject: Subject, lanes = 1): EngineCalls {
  const base = baseOf(subject);
  const seeds = Array.from({ length: lanes }, (_, seed) => seed);
  const model = modelOf(subject, base, seeds);
  const run = runOf(
    model,
    seeds.map((seed) => ({ seed, learningRate: 0.01 })),
  );
  const steps = train(run);
  steps.next();
  const calls = engineCalls(() => steps.next());
  run.dispose();
  model.dispose();
  base.dispose();
  return calls;
}

/** Given by their formulas alone, and so differentiated by a tape around each site. */
const byFormula = ['ia3', 'loha', 'lokr', 'vera'];
const isByFormula = ({ method: { update, rescale } }: Subject): boolean =>
  ['vera', 'loha', 'lokr', 'mergedLinear'].includes(update.spec.type) || rescale.spec.type === 'inputOutputScale';

describe('no tape runs in a training step', () => {
  test.each(subjects.filter((subject) => !isByFormula(subject)).map((subject) => [subject.name, subject] as const))(
    'of %s',
    (_name, subject) => {
      const { kernels, tapes } = stepCalls(subject);
      expect(kernels).toBeGreaterThan(20);
      expect(tapes).toBe(0);
    },
  );

  test.each(
    registered.filter(({ name }) => byFormula.includes(name)).map((subject) => [subject.name, subject] as const),
  )('but of %s, which is given by its formula', (_name, subject) => {
    expect(stepCalls(subject).tapes).toBeGreaterThan(0);
  });
});

describe('frozen kernels cost no gradient: nothing of their shape is computed in a step', () => {
  const frozenShapes = [16, 8, 24, 32].flatMap((n) => [`16,${n}`, `${n},16`]);
  const ofFrozenShape = (subject: Subject): string[] =>
    stepCalls(subject)
      .shapes.map(String)
      .filter((shape) => frozenShapes.includes(shape));
  const named = (names: readonly string[]): (readonly [string, Subject])[] =>
    subjects.filter(({ name }) => names.includes(name)).map((subject) => [subject.name, subject] as const);

  test.each(
    named([
      'adalora',
      'dora',
      'DoRA through its norm',
      'QDoRA through its norm, with dropout',
      'lora',
      'loraFa',
      'loraPlus',
      'olora',
      'pissa',
      'qdora',
      'qlora',
      'rslora',
      'svdLora',
      'ia3',
      'vera',
    ]),
  )('%s', (_name, subject) => {
    expect(ofFrozenShape(subject)).toEqual([]);
  });

  test.each(named(['full']))('%s has such gradients', (_name, subject) => {
    expect(ofFrozenShape(subject).length).toBeGreaterThan(10);
  });
});

describe('nothing is computed or saved below the lowest site that trains', () => {
  /** LoRA on one site of a network of so many layers: a step's calls beyond those of a forward pass, and what it saves. */
  function cost(site: string, layers = 3): { calls: number; bytes: number } {
    const base = loadBase(tinyLlama({ num_hidden_layers: layers }));
    const method = methodOf(lora({ rank: 2 }));
    const model = createModel(base, { seeds: [0], methodFor: (name) => (name.endsWith(site) ? method : null) });
    expect(model.adapters).toHaveLength(1);
    const run = runOf(model, [{ seed: 0, learningRate: 0.01 }]);
    const steps = train(run);
    steps.next();
    const callsOf = ({ kernels, native }: EngineCalls): number => (hasKernels() ? native : kernels);
    const calls = callsOf(engineCalls(() => steps.next()));
    const forward = callsOf(engineCalls(() => logitsOf(model)));
    const { activationBytes: bytes } = model;
    run.dispose();
    model.dispose();
    base.dispose();
    return { calls: calls - forward, bytes };
  }

  test('the lower it is, the more calls and saved bytes a step has', () => {
    const fromTheTop = [
      '2.mlp.down_proj',
      '2.mlp.up_proj',
      '2.self_attn.o_proj',
      '2.self_attn.q_proj',
      '1.mlp.down_proj',
    ];
    const costs = [...fromTheTop, '0.self_attn.q_proj'].map((site) => cost(site));
    for (let i = 1; i < costs.length; i++) {
      expect(costs[i].calls).toBeGreaterThan(costs[i - 1].calls);
      expect(costs[i].bytes).toBeGreaterThan(costs[i - 1].bytes);
    }
    expect(costs[0].calls).toBeLessThan(0.5 * costs.at(-1)!.calls);
  });

  test.each([
    ['the last layer', 'self_attn.q_proj'],
    ['the last map', 'mlp.down_proj'],
  ] as const)('layers below cost a forward pass and no byte, where %s is adapted', (_what, site) => {
    const [few, many] = [1, 4].map((layers) => cost(`${layers - 1}.${site}`, layers));
    expect(many).toEqual(few);
  });
});

describe('lanes share the engine calls of a step', () => {
  test.each(registered.map((subject) => [subject.name, subject] as const))(
    'eight of %s issue fewer than twice the calls of one, by operations',
    (_name, subject) => {
      const { engine } = activeEngine();
      // Our own kernels make fewer of one's calls, and some of eight's are batched products still.
      useKernels(false);
      const [one, eight] = [1, 8].map((lanes) => stepCalls(subject, lanes));
      useKernels(true);
      if (engine === 'tensorflow') expect(eight.native).toBeLessThan(2 * one.native);
      // wasm loops over lanes, because its batched products are slow: there a group has one lane
      if (engine !== 'wasm') expect(eight.kernels).toBeLessThan(2 * one.kernels);
      else expect(eight.kernels).toBeLessThan(8 * one.kernels);
      // Where all of a step's work on lanes is done by kernels, eight issue hardly more calls than one.
      if (subject.name !== 'lora' || !hasKernels()) return;
      const [byKernel, eightByKernel] = [1, 8].map((lanes) => stepCalls(subject, lanes));
      expect(eightByKernel.native).toBeLessThan(1.2 * byKernel.native);
    },
  );
});
