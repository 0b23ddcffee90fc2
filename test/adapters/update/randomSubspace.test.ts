import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { methodOf } from '../../../src/adapters/compose.ts';
import { full } from '../../../src/adapters/methods/full.ts';
import { lora } from '../../../src/adapters/methods/lora.ts';
import { randomSubspace } from '../../../src/adapters/methods/randomSubspace.ts';
import { onTargets } from '../../../src/adapters/placement.ts';
import type { Recipe } from '../../../src/adapters/types.ts';
import { createSubspace, gathered, spread } from '../../../src/adapters/update/subspace.ts';
import { openCheckpoint } from '../../../src/checkpoint/folder.ts';
import { RequestError } from '../../../src/errors.ts';
import { inspect } from '../../../src/inspect/inspect.ts';
import { adamw } from '../../../src/optim/adamw.ts';
import { sgd } from '../../../src/optim/sgd.ts';
import { release, startEngine } from '../../../src/tensor/engine.ts';
import { stream } from '../../../src/tensor/random.ts';
import { saveAdapter } from '../../../src/train/adapterFolder.ts';
import { type Base, loadBase } from '../../../src/train/base.ts';
import { createModel, type Model } from '../../../src/train/model.ts';
import { train } from '../../../src/train/trainer.ts';
import { batchOf, laneValues, largestDifference, logitsOf, runOf, type TinyOptions } from '../../contract/tinyRun.ts';
import { tinyLlama } from '../../tinyLlama.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'adapterlab-'));
let base: Base;
let tied: Base;
beforeAll(async () => {
  await startEngine();
  base = loadBase(tinyLlama());
  tied = loadBase(tinyLlama({ tie_word_embeddings: true }));
});
afterAll(() => {
  base.dispose();
  tied.dispose();
  rmSync(folder, { recursive: true });
});

const on = (recipe: Recipe, of: Base, seeds: readonly number[] = [1]): Model =>
  createModel(of, { seeds, methodFor: onTargets(methodOf(recipe), of.sites, { targets: 'all' }) });

/** θ of a lane as its sites have it, less the base. */
const changes = ({ adapters }: Model, lane = 0): number[] =>
  adapters.flatMap(({ update }) => {
    const delta = update.delta(lane);
    const values = [...delta.dataSync<'float32'>()];
    release(delta);
    return values;
  });

/** The gradient of the first lane on a batch. */
function gradientOf(model: Model): Float32Array {
  const batch = model.batch(batchOf([5], 1));
  model.lossAndGradients(batch, () => null);
  const gradient = model.arena.takeGradient();
  const values = gradient.dataSync<'float32'>().slice();
  release(gradient, batch);
  return values;
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0);

describe('the projection', () => {
  test('by hand: five numbers, two coordinates', () => {
    const subspace = createSubspace(2);
    const cards = subspace.deal(5, stream(3));
    const coordinates = [...cards].map((card) => Math.abs(card) - 1);
    for (const pair of [coordinates.slice(0, 2), coordinates.slice(2, 4)])
      expect(new Set(pair)).toEqual(new Set([0, 1]));
    const counts = [0, 1].map((c) => coordinates.filter((own) => own === c).length);
    expect([...subspace.scales()]).toEqual([...Float32Array.from(counts, (n) => 1 / Math.sqrt(n))]);
    const out = new Float32Array(5);
    spread(cards, Float32Array.of(10, 20), out);
    expect([...out]).toEqual([...cards].map((card) => Math.sign(card) * (Math.abs(card) === 1 ? 10 : 20)));
    const g = Float32Array.of(1, 2, 4, 8, 16);
    const sums = [0, 1].map((c) =>
      dot(
        [...cards].map((card, i) => (coordinates[i] === c ? Math.sign(card) : 0)),
        g,
      ),
    );
    const projected = new Float32Array(2);
    gathered(cards, g, Float32Array.of(0.5, 2), projected);
    expect([...projected]).toEqual([0.5 * sums[0], 2 * sums[1]]);
  });

  test('of more coordinates than numbers leaves some idle, of no scale', () => {
    const subspace = createSubspace(4);
    subspace.deal(1, stream(3));
    const scales = [...subspace.scales()];
    for (const [scale, count] of [
      [0, 3],
      [1, 1],
    ])
      expect(scales.filter((own) => own === scale)).toHaveLength(count);
  });

  test('has each sign about as often, and every coordinate anywhere', () => {
    const cards = createSubspace(8).deal(8000, stream(4));
    const positive = cards.filter((card) => card > 0).length;
    expect(Math.abs(positive - 4000)).toBeLessThan(4 * Math.sqrt(2000));
    const first = new Set(
      Array.from({ length: 100 }, (_, seed) => Math.abs(createSubspace(8).deal(1, stream(seed))[0])),
    );
    expect(first.size).toBe(8);
  });

  test('is isometric over all sites together: a step in z is as long as the one that it makes', () => {
    const model = on(randomSubspace({ dimension: 37 }), base);
    const [z, other] = ['z', 'other'].map((name) => stream(2, name).fillNormal(new Float32Array(37), 1));
    const changed = [z, other].map((coordinates) => {
      model.arena.load(coordinates);
      return changes(model);
    });
    expect(changed[0]).toHaveLength(base.parameters);
    expect(dot(changed[0], changed[0]) / dot(z, z)).toBeCloseTo(1, 5);
    expect(dot(changed[0], changed[1])).toBeCloseTo(dot(z, other), 4);
    model.dispose();
  });

  test("gives z the projection of the whole network's gradient, summed over the sites", () => {
    const [confined, whole] = [on(randomSubspace({ dimension: 11 }), tied), on(full(), tied)];
    const gradient = gradientOf(whole);
    const projected = Array.from({ length: 11 }, (_, c) => {
      confined.arena.load(Float32Array.from({ length: 11 }, (_, i) => Number(i === c)));
      return dot(changes(confined), gradient); // column c of P times the gradient, both in the order of the sites
    });
    confined.arena.load(new Float32Array(11));
    const own = gradientOf(confined);
    expect(Math.hypot(...own)).toBeGreaterThan(0.01);
    expect(largestDifference(own, projected)).toBeLessThan(1e-4);
    confined.dispose();
    whole.dispose();
  });

  test('is drawn from the seed of the lane, and is the same alone', () => {
    const lanes = on(randomSubspace({ dimension: 5 }), base, [1, 2]);
    const z = [1, 2, 3, 4, 5];
    lanes.arena.load(Float32Array.from([...z, ...z]));
    const [first, second] = [changes(lanes, 0), changes(lanes, 1)];
    expect(first).not.toEqual(second);
    lanes.dispose();
    const alone = on(randomSubspace({ dimension: 5 }), base, [2]);
    alone.arena.load(Float32Array.from(z));
    expect(changes(alone)).toEqual(second);
    alone.dispose();
  });
});

describe.each([
  ['gradient descent', sgd()],
  ['AdamW', adamw()],
] as const)('with as many dimensions as numbers it is full fine-tuning, by %s', (_name, optimizer) => {
  const trained = (recipe: Recipe, of: Base): Float32Array => {
    const model = on(recipe, of);
    const options: TinyOptions = { steps: 4, plan: { optimizer, masks: undefined } };
    const run = runOf(model, [{ seed: 1, learningRate: 0.01 }], options);
    for (const { lossNats } of train(run)) expect(lossNats[0]).toBeGreaterThan(0);
    const logits = logitsOf(model);
    run.dispose();
    model.dispose();
    return logits;
  };

  test.each(['its own head', 'a tied head'])('with %s', (which) => {
    const of = which === 'a tied head' ? tied : base;
    const confined = trained(randomSubspace({ dimension: of.parameters }), of);
    expect(largestDifference(confined, trained(full(), of))).toBeLessThan(2e-4);
    expect(largestDifference(confined, trained(randomSubspace({ dimension: 50 }), of))).toBeGreaterThan(1e-3);
  });
});

test('is counted once for all sites, before there are weights and after', () => {
  const method = methodOf(randomSubspace({ dimension: 37 }));
  const { totals, sites } = inspect(
    tied.architecture as never,
    method.storage,
    onTargets(method, tied.sites, { targets: 'all' }),
  );
  expect(totals.trainable).toBe(37);
  expect(sites.reduce((n, { parameters }) => n + parameters, 0)).toBe(0);
  expect(totals.bytes.frozenAdapter).toBe(4 * tied.parameters);
  const model = on(randomSubspace({ dimension: 37 }), tied);
  expect(laneValues(model, 0)).toEqual(new Float32Array(37));
  expect(model.adapters.flatMap(({ parameters }) => parameters)).toEqual(model.arena.parameters);
  model.dispose();
});

describe('saved', () => {
  test('it is a model, which gives the same logits', () => {
    const model = on(randomSubspace({ dimension: 37 }), tied, [1, 2]);
    model.arena.load(stream(1).fillNormal(new Float32Array(2 * 37), 1));
    const saved = saveAdapter(model, 1, folder, { base: 'tiny' });
    expect(saved).toMatchObject({ format: 'model', peftType: null, trainedParameters: 37 });
    const checkpoint = openCheckpoint(folder);
    const again = loadBase(checkpoint);
    const plain = createModel(again, { seeds: [0], methodFor: () => null });
    const logits = logitsOf(model);
    expect(largestDifference(logitsOf(plain), logits.slice(logits.length / 2))).toBeLessThan(1e-4);
    expect(largestDifference(logitsOf(plain), logits.slice(0, logits.length / 2))).toBeGreaterThan(1e-2);
    plain.dispose();
    again.dispose();
    checkpoint.close();
    model.dispose();
  });

  test('beside another method, PEFT has no format for it', () => {
    const [confined, beside] = [methodOf(randomSubspace({ dimension: 5 })), methodOf(lora({ rank: 2 }))];
    const model = createModel(base, {
      seeds: [0],
      methodFor: (name) => (name.endsWith('q_proj') ? confined : name.endsWith('v_proj') ? beside : null),
    });
    expect(() => saveAdapter(model, 0, path.join(folder, 'mixed'), { base: 'tiny' })).toThrow(
      /PEFT has no format for an adapter of randomSubspace with none.*merge it, or convert it to LoRA/,
    );
    model.dispose();
  });
});

describe('refuses', () => {
  test.each([0, 1.5, -3, 2 ** 24 + 1, Number.NaN])('%d dimensions', (dimension) => {
    expect(() => randomSubspace({ dimension })).toThrow(RequestError);
    expect(() => randomSubspace({ dimension })).toThrow(/whole number of dimensions from 1 to 16777216/);
  });

  test('more dimensions than there are numbers, and leaves nothing behind', () => {
    const recipe = randomSubspace({ dimension: base.parameters + 1 });
    expect(() => on(recipe, base)).toThrow(RequestError);
    expect(() => on(recipe, base)).toThrow(/larger than the \d+ numbers that it moves; give it fewer/);
  });
});
