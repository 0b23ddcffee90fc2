/** Every family and task as a whole: gradients, merging, lanes, and the way to a folder and back. */
import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { methodOf } from '../../src/adapters/compose.ts';
import { full } from '../../src/adapters/methods/full.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import { openCheckpoint } from '../../src/checkpoint/folder.ts';
import { sitesOf } from '../../src/families/sites.ts';
import { architectureOf } from '../../src/families/index.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';
import { stream } from '../../src/tensor/random.ts';
import { type Base, loadBase } from '../../src/train/base.ts';
import { mergeAdapters } from '../../src/train/merge.ts';
import { createModel, type Model, type ModelOptions, noMask } from '../../src/train/model.ts';
import { saveModel } from '../../src/train/saveModel.ts';
import { drawnBase } from '../adapters/smallModel.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { inLanes, tinyInputs, tinyNetworks } from './tinyNetworks.ts';

beforeAll(() => startEngine());

const everywhere: ModelOptions['methodFor'] = (_name, kind) =>
  kind === 'linear' || kind === 'conv2d' ? methodOf(lora({ rank: 2 })) : null;
const whole = methodOf(full());

/** A model whose trained numbers are moved a little, so that none of them is at rest. */
function movedModel(base: Base, methodFor: ModelOptions['methodFor'], seeds = [0]): Model {
  const model = createModel(base, { seeds, methodFor });
  const values = model.arena.values.dataSync().slice() as Float32Array;
  const { count } = model.arena;
  const moves = stream(5, 'moved').fillNormal(new Float32Array(count), 0.1);
  model.arena.load(values.map((value, i) => value + moves[i % count]!));
  return model;
}

function lossOf(model: Model, given: ReturnType<typeof tinyInputs>): { losses: number[]; gradient: Float32Array } {
  const batch = model.batch(given);
  const losses = [...model.lossAndGradients(batch, noMask)];
  const taken = model.arena.takeGradient();
  const gradient = taken.dataSync().slice() as Float32Array;
  release(batch, taken);
  return { losses, gradient };
}

function logitsOf(base: Base, given: ReturnType<typeof tinyInputs>): Float32Array {
  const model = createModel(base, { seeds: [0], methodFor: () => null });
  const batch = model.batch(given);
  const logits = model.logits(batch);
  const values = logits.dataSync().slice() as Float32Array;
  release(batch, logits);
  model.dispose();
  return values;
}

function writtenAndRead(base: Base): Base {
  const folder = temporaryFolder();
  saveModel(base, folder);
  const checkpoint = openCheckpoint(folder);
  const again = loadBase(checkpoint);
  checkpoint.close();
  return again;
}

/** The loss along the gradient, and along a random direction, by central differences. */
function expectSlopes(model: Model, given: ReturnType<typeof tinyInputs>): void {
  const { gradient } = lossOf(model, given);
  const start = model.arena.values.dataSync().slice() as Float32Array;
  const norm = Math.hypot(...gradient);
  expect(norm).toBeGreaterThan(1e-3);
  const noise = stream(9, 'direction').fillNormal(new Float32Array(gradient.length), 1 / Math.sqrt(gradient.length));
  for (const along of [gradient.map((g) => g / norm), noise]) {
    const at = (h: number): number => {
      model.arena.load(start.map((value, i) => value + h * along[i]!));
      return lossOf(model, given).losses[0]!;
    };
    const central = (h: number): number => (at(h) - at(-h)) / (2 * h);
    const slope = (4 * central(0.004) - central(0.008)) / 3;
    const wanted = gradient.reduce((sum, g, i) => sum + g * along[i]!, 0);
    expect(Math.abs(slope - wanted)).toBeLessThan(2e-3 * Math.max(norm, 0.1));
  }
  model.arena.load(start);
}

describe.each(Object.entries(tinyNetworks))('%s', (_what, config) => {
  const given = tinyInputs(config, 1);

  test('names every tensor once', () => {
    const tensors = sitesOf(architectureOf(config)).map(({ tensor }) => tensor);
    expect(new Set(tensors).size).toBe(tensors.length);
  });

  test('has the gradients of its loss: a LoRA on every map', () => {
    const base = drawnBase(config);
    const model = movedModel(base, everywhere);
    expectSlopes(model, given);
    model.dispose();
    base.dispose();
  });

  test('has the gradients of its loss: every tensor trained whole, and none left behind', () => {
    const base = drawnBase(config);
    const warm = movedModel(base, () => whole);
    lossOf(warm, given); // constants that stay are made once
    warm.dispose();
    const before = tf.memory().numTensors;
    const model = movedModel(base, () => whole);
    expectSlopes(model, given);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
    base.dispose();
  });

  test('merged, it is the same network', () => {
    const base = drawnBase(config);
    const model = movedModel(base, everywhere);
    const probe = model.batch(given);
    const merged = mergeAdapters(model, 0, probe, 1e-4);
    expect(merged.largestLogitDifference).toBeLessThan(1e-4);
    merged.dispose();
    release(probe);
    model.dispose();
    base.dispose();
  });

  test('with its embedding and biases changed, merged and written, it is the same network', () => {
    const base = drawnBase(config);
    const changed: ModelOptions['methodFor'] = (name, kind) => {
      if (kind === 'vector') return name.endsWith('.bias') ? whole : null;
      return kind === 'embedding' ? methodOf(lora({ rank: 2 })) : null;
    };
    const model = movedModel(base, changed);
    const probe = model.batch(given);
    const merged = mergeAdapters(model, 0, probe, 1e-4);
    const again = writtenAndRead(merged.base);
    const [before, after] = [merged.base, again].map((of) => logitsOf(of, given));
    after!.forEach((z, i) => expect(Math.abs(z - before![i]!)).toBeLessThan(1e-6));
    again.dispose();
    merged.dispose();
    release(probe);
    model.dispose();
    base.dispose();
  });

  test('in two lanes it is the same twice', () => {
    const base = drawnBase(config);
    const [one, two] = [[3], [3, 3]].map((seeds) => {
      const model = movedModel(base, everywhere, seeds);
      const { losses, gradient } = lossOf(model, inLanes(given, seeds.length));
      model.dispose();
      return { losses, gradient };
    });
    expect(two!.losses).toEqual([one!.losses[0], one!.losses[0]].map((loss) => expect.closeTo(loss!, 5)));
    const count = one!.gradient.length;
    for (const lane of [0, 1])
      two!.gradient
        .subarray(lane * count, (lane + 1) * count)
        .forEach((g, i) => expect(Math.abs(g - one!.gradient[i]!)).toBeLessThan(1e-4));
    base.dispose();
  });

  test('written and read again, it is the same network', () => {
    const base = drawnBase(config);
    const again = writtenAndRead(base);
    const [before, after] = [base, again].map((of) => logitsOf(of, given));
    base.dispose();
    again.dispose();
    expect(after).toEqual(before);
  });
});
