/** What every method and composition must do, whatever it is. */
import tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compose, methodOf } from '../../src/adapters/compose.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';
import type { Base } from '../../src/train/base.ts';
import { mergeAdapters } from '../../src/train/merge.ts';
import { train } from '../../src/train/trainer.ts';
import { staysStill, type Subject, subjects } from './subjects.ts';
import {
  baseLogits,
  baseOf,
  frozenNumbers,
  laneValues,
  largestDifference,
  logitsOf,
  modelOf,
  probe,
  runOf,
  trained,
} from './tinyRun.ts';

const lane = { seed: 5, learningRate: 0.01 };

describe.each(subjects.map((subject) => [subject.name, subject] as const))('%s', (_name, subject) => {
  let base: Base;
  beforeAll(async () => {
    await startEngine();
    base = baseOf(subject);
  });
  afterAll(() => base.dispose());

  test('starts as it says', () => {
    const model = modelOf(subject, base, [5]);
    const off = largestDifference(logitsOf(model), baseLogits(base));
    model.dispose();
    if (subject.method.update.starts.equalToBase) expect(off).toBeLessThan(1e-5);
    else expect(off).toBeGreaterThan(1e-2);
  });

  test('merges: the merged network gives the same logits, the update is not zero, the base stays', () => {
    const model = modelOf(subject, base, [5]);
    const run = runOf(model, [lane]);
    expect([...train(run)]).toHaveLength(6);
    const frozen = frozenNumbers(base);
    const batch = probe();
    const merged = mergeAdapters(model, 0, batch, 1e-4);
    const adapted = logitsOf(model);
    expect(largestDifference(logitsOf(merged.model), adapted)).toBeLessThan(1e-4);
    const moved = largestDifference(adapted, baseLogits(base));
    if (staysStill(subject)) expect(moved).toBe(0);
    else expect(moved).toBeGreaterThan(1e-3);
    expect(frozenNumbers(base)).toEqual(frozen);
    merged.dispose();
    release(batch);
    run.dispose();
    model.dispose();
  });

  test('learns: the loss of a batch that it sees again and again falls', () => {
    const { reports } = trained(subject, base, [lane], { steps: 25, sameBatch: true, plan: { masks: undefined } });
    const losses = reports.map(({ lossNats }) => lossNats[0]);
    if (staysStill(subject)) expect(new Set(losses).size).toBe(1);
    else expect(losses.at(-1)).toBeLessThan(losses[0] - 1e-3);
  });

  test('frozen stays frozen, to the bit', () => {
    const before = frozenNumbers(base);
    trained(subject, base, [lane]);
    expect(frozenNumbers(base)).toEqual(before);
  });

  test('leaks nothing: neither a step nor a whole run leaves a tensor behind', () => {
    trained(subject, base, [lane]); // constants that stay are made once
    const before = tf.memory().numTensors;
    const model = modelOf(subject, base, [5]);
    const run = runOf(model, [lane]);
    const counts = Array.from(train(run), () => tf.memory().numTensors);
    expect(counts).toEqual(counts.map(() => counts[0]));
    const batch = probe();
    mergeAdapters(model, 0, batch, 1e-4).dispose();
    release(batch);
    run.dispose();
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('repeats bit for bit', () => {
    const [first, second] = [1, 2].map(() => trained(subject, base, [lane]));
    expect(second).toEqual(first);
  });

  test('every parameter has a gradient within a few steps, those that may stay still excepted', () => {
    const { mayStayStill } = subject.method.update.starts;
    const model = modelOf(subject, base, [5]);
    const alive = new Set<string>();
    const onGradient = (_step: number, read: () => Float32Array): void => {
      const gradient = read();
      for (const { site, role, offset, size } of model.arena.parameters)
        if (gradient.subarray(offset, offset + size).some((g) => g !== 0)) alive.add(`${site} ${role}`);
    };
    const run = runOf(model, [lane], { steps: 4, plan: { onGradient } });
    for (const _report of train(run));
    const still = model.arena.parameters.filter(({ site, role }) => !alive.has(`${site} ${role}`));
    expect(still.filter(({ role }) => !mayStayStill.includes(role)).map(({ site, role }) => `${site} ${role}`)).toEqual(
      [],
    );
    run.dispose();
    model.dispose();
  });

  test('describes itself in plain JSON, the same each time, and joins with itself', () => {
    const specs = (method = methodOf(subject.recipe)): object =>
      Object.fromEntries(
        (['storage', 'update', 'rescale', 'groups', 'control'] as const).map((slot) => [slot, method[slot].spec]),
      );
    expect(JSON.parse(JSON.stringify(specs()))).toEqual(specs());
    expect(specs(methodOf(compose(subject.recipe, subject.recipe)))).toEqual(specs());
    for (const spec of Object.values(specs())) expect(spec).toHaveProperty('type', expect.any(String));
  });

  test('counts its parameters, and says their derived numbers', () => {
    const model = modelOf(subject, base, [5]);
    expect(model.arena.count).toBe(laneValues(model, 0).length);
    expect(model.adapters.length).toBeGreaterThan(0);
    for (const { update, parameters } of model.adapters) {
      expect(parameters.length).toBeGreaterThan(0);
      for (const value of Object.values(update.derived)) expect(Number.isFinite(value)).toBe(true);
    }
    model.dispose();
  });
});

/** So that a list that became empty by mistake is noticed. */
test('the contract is asked of many', () => {
  expect(subjects.length).toBeGreaterThan(25);
  expect(new Set(subjects.map(({ name }: Subject) => name)).size).toBe(subjects.length);
});
