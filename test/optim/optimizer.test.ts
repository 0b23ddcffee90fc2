/** Optimizers by hand, what they remember, and the rates that they are told. */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { adam } from '../../src/optim/adam.ts';
import { adamw } from '../../src/optim/adamw.ts';
import type { Optimizer } from '../../src/optim/optimizer.ts';
import { rateTable } from '../../src/optim/rates.ts';
import { sgd } from '../../src/optim/sgd.ts';
import { transformersAdamw } from '../../src/optim/transformersAdamw.ts';
import { createArena } from '../../src/tensor/arena.ts';
import { release, scoped, startEngine } from '../../src/tensor/engine.ts';
import { expectNear } from '../blocks/blockContract.ts';

beforeAll(async () => void (await startEngine()));

/** Values of one lane after a step. */
function stepped(
  optimizer: Optimizer,
  step: number,
  values: readonly number[],
  gradient: readonly number[],
  { rate = 0.1, decay = 0 } = {},
): number[] {
  const next = scoped(() => {
    const row = (numbers: readonly number[]): Tensor2D => tf.tensor2d([[...numbers]]);
    return optimizer.step(step, row(values), row(gradient), {
      rate: tf.scalar(rate),
      decay: decay ? tf.scalar(decay) : null,
      keep: decay ? tf.scalar(1 - rate * decay) : null,
    });
  })();
  const numbers = [...next.dataSync()];
  release(next);
  return numbers;
}

describe('AdamW', () => {
  test('corrects both moments: the first step is the rate, whatever the gradient; ε stands outside the root', () => {
    const optimizer = adamw({ epsilon: 1e-3 })();
    expectNear(
      stepped(optimizer, 1, [1, 1, 1], [4, -0.5, 1e-3]),
      [1 - 0.1 / (1 + 2.5e-4), 1 + 0.1 / 1.002, 1 - 0.05],
      1e-6,
      'w',
    );
    optimizer.dispose();
  });

  test('two steps with β₁ = 0.5, β₂ = 0.75: m̂ = 5/3, v̂ = 19/7', () => {
    const optimizer = adamw({ beta1: 0.5, beta2: 0.75 })();
    const [first] = stepped(optimizer, 1, [0], [1]);
    // m = (0.5 · 0.5 + 0.5 · 2) / 0.75 = 5/3; v = (0.75 · 0.25 + 0.25 · 4) / (1 − 0.5625) = 19/7
    expectNear(stepped(optimizer, 2, [first], [2]), [-0.1 - 0.1 * (5 / 3 / Math.sqrt(19 / 7))], 1e-6, 'w');
    optimizer.dispose();
  });

  test('decays the weight itself, before and apart from the step', () => {
    const optimizer = adamw()();
    expectNear(stepped(optimizer, 1, [2, 2], [0, 1], { decay: 0.5 }), [1.9, 1.8], 1e-6, 'w');
    optimizer.dispose();
  });

  test('AMSGrad divides by the largest square so far', () => {
    const optimizer = adamw({ beta1: 0, beta2: 0.5, amsgrad: true })();
    const [first] = stepped(optimizer, 1, [0], [4]);
    // v = 8, then 4.5: the largest stays 8, corrected by 1 − 0.25
    expectNear(stepped(optimizer, 2, [first], [1]), [-0.1 - 0.1 * (1 / Math.sqrt(8 / 0.75))], 1e-6, 'w');
    optimizer.dispose();
  });
});

describe('Adam', () => {
  test('adds decay to the gradient, and so to the moments', () => {
    const optimizer = adam({ beta1: 0.5, beta2: 0.75 })();
    const [first] = stepped(optimizer, 1, [2], [0], { decay: 0.5 });
    expectNear([first], [1.9], 1e-6, 'first'); // a gradient of 1: a whole step
    // with the decay the gradients are 1 and 2, as for AdamW above
    const second = stepped(optimizer, 2, [first], [2 - 0.95], { decay: 0.5 });
    expectNear(second, [1.9 - 0.1 * (5 / 3 / Math.sqrt(19 / 7))], 1e-6, 'second');
    optimizer.dispose();
  });
});

describe('SGD', () => {
  test('adds decay to the gradient; the first gradient is the momentum, undampened', () => {
    const optimizer = sgd({ momentum: 0.9 })();
    const [first] = stepped(optimizer, 1, [1], [2], { decay: 0.5 });
    expectNear([first], [1 - 0.25], 1e-6, 'first'); // v = 2 + 0.5
    expectNear(stepped(optimizer, 2, [first], [1], { decay: 0.5 }), [0.75 - 0.1 * (0.9 * 2.5 + 1.375)], 1e-6, 'second');
    optimizer.dispose();
  });

  test('dampens all gradients but the first', () => {
    const optimizer = sgd({ momentum: 0.5, dampening: 0.25 })();
    expectNear(stepped(optimizer, 1, [1], [2]), [0.8], 1e-6, 'first');
    expectNear(stepped(optimizer, 2, [0.8], [4]), [0.8 - 0.1 * (1 + 3)], 1e-6, 'second');
    optimizer.dispose();
  });

  test('with Nesterov looks one step ahead', () => {
    const optimizer = sgd({ momentum: 0.5, nesterov: true })();
    expectNear(stepped(optimizer, 1, [1], [2]), [1 - 0.1 * (2 + 1)], 1e-6, 'first');
    expectNear(stepped(optimizer, 2, [1], [4]), [1 - 0.1 * (4 + 0.5 * (1 + 4))], 1e-6, 'second');
    optimizer.dispose();
  });

  test.each([{ nesterov: true }, { nesterov: true, momentum: 0.9, dampening: 0.1 }])('refuses %j', (options) => {
    expect(() => sgd(options)).toThrow(/nesterov needs a momentum above 0 and no dampening/);
  });
});

describe.each([
  ['AdamW', adamw()],
  ['AdamW with AMSGrad', adamw({ amsgrad: true })],
  ['Adam', adam()],
  ['SGD with momentum', sgd({ momentum: 0.9 })],
] as const)('%s', (_name, make) => {
  test('goes on from its saved memory to the bit, and leaves nothing behind', () => {
    const [whole, cut, resumed] = [make(), make(), make()];
    for (const optimizer of [whole, cut]) stepped(optimizer, 1, [1, 2], [0.3, -0.4]);
    const copy = Object.fromEntries(Object.entries(cut.state()).map(([name, value]) => [name, tf.clone(value)]));
    resumed.restore(copy);
    const before = tf.memory().numTensors;
    expect(stepped(resumed, 2, [1, 2], [0.1, 0.2])).toEqual(stepped(whole, 2, [1, 2], [0.1, 0.2]));
    expect(tf.memory().numTensors).toBe(before);
    const held = [whole, cut, resumed].reduce((n, optimizer) => n + Object.keys(optimizer.state()).length, 0);
    for (const optimizer of [whole, cut, resumed]) optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before - held);
  });
});

test('rates: lane × group × schedule, decay by group, a fixed rate instead of a multiple', () => {
  const arena = createArena(2);
  for (const role of ['down', 'up', 'embedding']) arena.parameter('site', role, [1], () => new Float32Array(1));
  arena.start();
  const groups = {
    down: { rate: 1, decay: 1 },
    up: { rate: 16, decay: 0 },
    embedding: { rate: 1, decay: 1, fixedRate: 0.5 },
  };
  const table = rateTable(arena, [0.01, 0.1], 0.2, ({ role }) => groups[role as keyof typeof groups]);
  const { rate, keep, decay } = table.at(0.5);
  expectNear(rate.dataSync(), [0.005, 0.08, 0.25, 0.05, 0.8, 0.25], 1e-7, 'rates');
  expectNear(keep!.dataSync(), [0.999, 1, 0.95, 0.99, 1, 0.95], 1e-7, 'what is kept');
  expectNear(decay!.dataSync(), [0.2, 0, 0.2, 0.2, 0, 0.2], 1e-7, 'decay');
  release(rate, keep);
  table.dispose();
  const plain = rateTable(arena, [0.01, 0.1], 0, () => ({ rate: 1, decay: 1 }));
  expect(plain.at(1)).toMatchObject({ keep: null, decay: null });
  expectNear(plain.at(1).rate.dataSync(), [0.01, 0.1], 1e-7, 'one rate a lane');
  plain.dispose();
  arena.dispose();
});

test('what is not given has the value that torch (of the last: transformers) gives it, and what is given is noted', () => {
  const moments = { beta1: 0.9, beta2: 0.999 };
  expect(adamw()().spec).toEqual({ type: 'adamw', ...moments, epsilon: 1e-8 });
  expect(adam({ amsgrad: true })().spec).toEqual({ type: 'adam', ...moments, epsilon: 1e-8, amsgrad: true });
  expect(sgd()().spec).toEqual({ type: 'sgd', momentum: 0 });
  expect(sgd({ momentum: 0.9, dampening: 0.1 })().spec).toEqual({ type: 'sgd', momentum: 0.9, dampening: 0.1 });
  expect(sgd({ momentum: 0.9, nesterov: true })().spec).toEqual({ type: 'sgd', momentum: 0.9, nesterov: true });
  expect(transformersAdamw()().spec).toEqual({ type: 'transformersAdamw', ...moments, epsilon: 1e-6 });
});

test('options that do not exist are refused, with the nearest name', () => {
  expect(() => adamw({ beta: 0.9 } as object)).toThrow(/adamw\(\) has no option "beta"; did you mean "beta1"/);
  expect(() => adam({ eps: 1 } as object)).toThrow(/adam\(\) has no option "eps"/);
  expect(() => sgd({ lr: 1 } as object)).toThrow(/sgd\(\) has no option "lr"/);
});
