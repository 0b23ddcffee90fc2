/** What every method and composition must do, whatever it is. */
import tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compose, methodOf } from '../../src/adapters/compose.ts';
import { numbersIn } from '../../src/adapters/outline.ts';
import { chosenPlaces } from '../../src/adapters/files/wanted.ts';
import { onTargets } from '../../src/adapters/placement.ts';
import type { Recipe, Shapes } from '../../src/adapters/types.ts';
import { RequestError } from '../../src/errors.ts';
import { architectureOf } from '../../src/families/index.ts';
import { sitesOf } from '../../src/families/sites.ts';
import type { Parameter } from '../../src/tensor/arena.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';
import type { Base } from '../../src/train/base.ts';
import { mergeAdapters } from '../../src/train/merge.ts';
import { train } from '../../src/train/trainer.ts';
import { staysStill, type Subject, subjects, weightsOf } from './subjects.ts';
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
  usualSteps,
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
    expect([...train(run)]).toHaveLength(usualSteps);
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
    const { reports } = trained(subject, base, [lane], { steps: 8, sameBatch: true, plan: { masks: undefined } });
    const losses = reports.map(({ lossNats }) => lossNats[0]);
    if (staysStill(subject)) expect(new Set(losses).size).toBe(1);
    else expect(losses.at(-1)).toBeLessThan(losses[0] - 1e-3);
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

  test('repeats bit for bit, and leaves the base as it was, to the bit', () => {
    const before = frozenNumbers(base);
    const [first, second] = [1, 2].map(() => trained(subject, base, [lane]));
    expect(second).toEqual(first);
    expect(frozenNumbers(base)).toEqual(before);
  });

  test('every parameter has a gradient and moves within a few steps, those excepted that may stay still: they do', () => {
    const { mayStayStill } = subject.method.update.starts;
    const model = modelOf(subject, base, [5]);
    const nameOf = ({ site, role }: Parameter): string => `${site} ${role}`;
    const alive = new Set<string>();
    const onGradient = (_step: number, read: () => Float32Array): void => {
      const gradient = read();
      for (const parameter of model.arena.parameters) {
        const { offset, size } = parameter;
        if (gradient.subarray(offset, offset + size).some((g) => g !== 0)) alive.add(nameOf(parameter));
      }
    };
    const start = laneValues(model, 0);
    const moved = new Map<string, number>(); // masks may take a number back to zero, so every step counts
    const run = runOf(model, [lane], { plan: { onGradient } });
    Array.from(train(run), () => {
      const now = laneValues(model, 0);
      for (const parameter of model.arena.parameters) {
        const own = (all: Float32Array): Float32Array =>
          all.subarray(parameter.offset, parameter.offset + parameter.size);
        const far = largestDifference(own(start), own(now));
        moved.set(nameOf(parameter), Math.max(far, moved.get(nameOf(parameter)) ?? 0));
      }
    });
    const [still, moving] = [true, false].map((may) =>
      model.arena.parameters.filter(({ role }) => mayStayStill.includes(role) === may).map(nameOf),
    );
    expect([...alive].toSorted()).toEqual(moving.toSorted());
    for (const name of still) expect(moved.get(name), name).toBe(0);
    for (const name of moving) expect(moved.get(name), name).toBeGreaterThan(1e-4);
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

  test('holds as many numbers as its outline says before there are weights', () => {
    const sites = sitesOf(architectureOf(weightsOf(subject.network).config));
    const places = chosenPlaces(sites, onTargets(subject.method, sites, subject.targets));
    const outlined = places.map((place) => ({
      update: place.method.update.outline(place),
      rescale: place.method.rescale.outline(place),
    }));
    const shared = Object.assign({}, ...outlined.map((o) => o.update.sharedTrained)) as Shapes;
    const trainedNumbers = outlined.reduce(
      (n, o) => n + numbersIn(o.update.trained) + numbersIn(o.rescale.trained),
      numbersIn(shared),
    );
    const model = modelOf(subject, base, [5, 6]);
    expect(trainedNumbers).toBeGreaterThan(0);
    expect(model.arena.count).toBe(trainedNumbers);
    expect(model.arena.values.shape).toEqual([2, trainedNumbers]);
    const frozenNow = outlined.flatMap((o) => Object.keys({ ...o.update.frozen, ...o.rescale.frozen }));
    expect(model.arena.constants.map(({ role }) => role).toSorted()).toEqual(frozenNow.toSorted());
    const frozenSizes = outlined.reduce((n, o) => n + numbersIn(o.update.frozen) + numbersIn(o.rescale.frozen), 0);
    expect(model.arena.constants.reduce((n, { size }) => n + size, 0)).toBe(frozenSizes);
    const roles = outlined.map((o) => [...Object.keys(o.update.trained), ...Object.keys(o.rescale.trained)]);
    const allRoles = [...roles.flat(), ...Object.keys(shared)];
    expect(model.arena.parameters.map(({ role }) => role).toSorted()).toEqual(allRoles.toSorted());
    const ofSites = model.adapters.flatMap(({ sites: own }) => own.flatMap(({ parameters }) => parameters));
    expect(ofSites).toEqual(model.arena.parameters);
    for (const { update: made } of model.adapters)
      for (const [name, value] of Object.entries(made.derived)) {
        expect(Number.isFinite(value), name).toBe(true);
        expect(outlined.map(({ update: outline }) => outline.derived[name])).toContain(value);
      }
    model.dispose();
  });

  test('does not join with another choice of a slot that it has chosen', () => {
    const slots = ['storage', 'update', 'rescale', 'groups', 'control'] as const;
    const chosen = slots.filter((slot) => subject.recipe[slot]);
    expect(chosen).toContain('update');
    for (const slot of chosen) {
      const other = { ...subject.recipe[slot], spec: { type: 'another' } };
      const join = (): Recipe => compose(subject.recipe, { [slot]: other });
      expect(join).toThrow(RequestError);
      expect(join).toThrow(new RegExp(`two different choices of ${slot}: .*another`));
    }
  });
});

/** So that a list that became empty by mistake is noticed. */
test('the contract is asked of many', () => {
  expect(subjects.length).toBeGreaterThan(25);
  expect(new Set(subjects.map(({ name }: Subject) => name)).size).toBe(subjects.length);
});
