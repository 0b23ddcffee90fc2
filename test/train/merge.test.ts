/** Merging, unmerging and strength, with updates that are not zero, for every registered method. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { methods } from '../../src/adapters/methods/index.ts';
import { dora } from '../../src/adapters/methods/dora.ts';
import { full } from '../../src/adapters/methods/full.ts';
import { ia3 } from '../../src/adapters/methods/ia3.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import { qlora } from '../../src/adapters/methods/qlora.ts';
import { nf4 } from '../../src/adapters/storage/nf4.ts';
import { isTarget, type TargetNames } from '../../src/adapters/targets.ts';
import type { Recipe } from '../../src/adapters/types.ts';
import { architectureOf } from '../../src/families/index.ts';
import { sitesOf } from '../../src/families/sites.ts';
import { RequestError } from '../../src/errors.ts';
import { openCheckpoint } from '../../src/checkpoint/folder.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';
import { type Base, loadBase } from '../../src/train/base.ts';
import { mergeAdapters, mergedBase } from '../../src/train/merge.ts';
import { createModel, type Model } from '../../src/train/model.ts';
import { saveModel } from '../../src/train/saveModel.ts';
import { drawnBase, drawnBatch, gpt2Config, llamaConfig, movedModel, onTargets } from '../adapters/smallModel.ts';

beforeAll(() => startEngine());

const tiedConfig = { ...llamaConfig, tie_word_embeddings: true };
const configs = [
  ['llama', llamaConfig],
  ['llama with a tied head', tiedConfig],
  ['gpt2', gpt2Config],
] as const;
const tolerance = 1e-4;

function logitsOf(model: Model, first = 0): Float32Array {
  const batch = drawnBatch(first, model.arena.lanes);
  const logits = model.logits(batch);
  const values = logits.dataSync().slice() as Float32Array;
  release(logits, batch);
  return values;
}

const plainModel = (base: Base): Model => createModel(base, { seeds: [0], methodFor: () => null });
const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));

/** The frozen kernel or table of a site, row-major. */
function frozenNumbers(base: Base, name: string): Float32Array {
  const { kind } = base.sites.find((site) => site.name === name)!;
  const held = kind === 'embedding' ? base.weights.table(name) : base.weights.kernel(name);
  let values: Float32Array = new Float32Array();
  held.use((matrix) => {
    values = matrix.dataSync().slice() as Float32Array;
    return 0;
  });
  return values;
}

/** Every kernel of the engine that a forward pass calls, in order. */
async function engineCalls(model: Model): Promise<string[]> {
  logitsOf(model); // what is made once is made
  const batch = drawnBatch(0);
  const { kernels } = await tf.profile(() => {
    release(model.logits(batch));
    return tf.scalar(0);
  });
  release(batch);
  return kernels.map(({ name }) => name);
}

describe.each(configs)('%s', (_, config) => {
  const targetsOf = (name: string): TargetNames => methods[name]!({ rank: 2 }).update!.targets ?? 'all-linear';
  const sites = sitesOf(architectureOf(config));
  const able = Object.keys(methods).filter((name) =>
    sites.some((site) => isTarget(site, { targets: targetsOf(name) })),
  );
  describe.each(able)('%s', (name) => {
    const recipe = methods[name]!({ rank: 2 });
    const targets = targetsOf(name);
    const made = (seeds = [3]): { base: Base; model: Model } => {
      const base = drawnBase(config, recipe.storage);
      return { base, model: movedModel(base, onTargets(recipe, targets), seeds) };
    };

    it('gives a network that says the same, in as many engine calls as one without adapters; unmerged, nothing has changed', async () => {
      const { base, model } = made();
      const plain = plainModel(drawnBase(config));
      const before = { base: logitsOf(plainModel(base)), adapted: logitsOf(model) };
      const weights = base.sites.filter(({ kind }) => kind !== 'vector').map((site) => frozenNumbers(base, site.name));
      const probe = drawnBatch(0);

      const merged = mergeAdapters(model, 0, probe, tolerance);
      expect(merged.largestLogitDifference).toBeLessThan(tolerance);
      expect(largest(logitsOf(merged.model), before.adapted)).toBe(merged.largestLogitDifference);
      expect(largest(logitsOf(merged.model), before.base)).toBeGreaterThan(0.01);
      expect(merged.model.adapters).toEqual([]);
      expect(merged.base.sites.map((site) => site.name)).toEqual(base.sites.map((site) => site.name));
      expect(await engineCalls(merged.model)).toEqual(await engineCalls(plain));

      merged.dispose();
      expect(logitsOf(plainModel(base))).toEqual(before.base);
      expect(logitsOf(model)).toEqual(before.adapted);
      const after = base.sites.filter(({ kind }) => kind !== 'vector').map((site) => frozenNumbers(base, site.name));
      expect(after).toEqual(weights);
    });

    it('merges the second of two lanes', () => {
      const { base, model } = made([1, 2]);
      const alone = movedModel(base, onTargets(recipe, targets), [2]);
      const probe = drawnBatch(0);
      const merged = mergeAdapters(model, 1, probe, tolerance);
      expect(largest(logitsOf(merged.model), logitsOf(alone))).toBeLessThan(tolerance);
      expect(() => mergedBase(model, 2)).toThrow(/no lane 2 to merge; the model has 2/);
    });

    it('is the base exactly at strength 0, what was trained at 1, and merges at any', () => {
      const { base, model } = made();
      const trained = logitsOf(model);
      model.strength = 0;
      expect(logitsOf(model)).toEqual(logitsOf(plainModel(base)));
      model.strength = 0.5;
      const half = mergeAdapters(model, 0, drawnBatch(0), tolerance);
      expect(largest(logitsOf(half.model), trained)).toBeGreaterThan(0.01);
      for (const { site, merged } of model.adapters) {
        const halfway = merged(0).dataSync();
        model.strength = 1;
        const whole = merged(0).dataSync();
        model.strength = 0;
        const none = merged(0).dataSync();
        model.strength = 0.5;
        expect(
          largest(
            halfway,
            whole.map((value, i) => (value + none[i]!) / 2),
          ),
          site.name,
        ).toBeLessThan(1e-6);
      }
      model.strength = 1;
      expect(logitsOf(model)).toEqual(trained);
      expect(() => (model.strength = NaN)).toThrow(/strength of an adapter must be a number, not NaN/);
    });
  });
});

test('half the strength of LoRA is half its scale', () => {
  const base = drawnBase(llamaConfig);
  const [whole, half] = [8, 4].map((alpha) => movedModel(base, onTargets(lora({ rank: 2, alpha }), 'all-linear')));
  whole!.strength = 0.5;
  expect(largest(logitsOf(whole!), logitsOf(half!))).toBeLessThan(1e-5);
});

test('DoRA merges to m ∘ (W + ΔW) / ‖W + ΔW‖, in float64', () => {
  const base = drawnBase(llamaConfig);
  const model = movedModel(base, onTargets(dora({ rank: 2, alpha: 3 }), ['v_proj']));
  const [{ site, parameters, merged }] = model.adapters;
  const [a, b, m] = parameters.map((parameter) => model.arena.read(parameter, 0));
  const [inputs, outputs] = site.shape;
  const w = frozenNumbers(base, site.name).map((value, i) => {
    const [row, column] = [Math.floor(i / outputs), i % outputs];
    return value + 1.5 * [0, 1].reduce((sum, k) => sum + a![2 * row + k]! * b![k * outputs + column]!, 0);
  });
  const norms = Array.from({ length: outputs }, (_, j) =>
    Math.hypot(...Array.from({ length: inputs }, (__, i) => w[i * outputs + j]!)),
  );
  const wanted = w.map((value, i) => (m![i % outputs]! * value) / norms[i % outputs]!);
  expect(largest(merged(0).dataSync(), wanted)).toBeLessThan(1e-6);
});

test('a difference above the tolerance is refused, with the number, and nothing is left behind', () => {
  const model = movedModel(drawnBase(llamaConfig), onTargets(dora({ rank: 2 }), 'all-linear'));
  const probe = drawnBatch(0);
  mergeAdapters(model, 0, probe).dispose();
  const before = tf.memory().numTensors;
  expect(() => mergeAdapters(model, 0, probe, 1e-12)).toThrow(
    /would move a logit by \d\.\d\de-\d+, more than the tolerance 1e-12; keep the adapter apart, or allow more/,
  );
  expect(tf.memory().numTensors).toBe(before);
});

describe('a base in NF4', () => {
  test('a merged kernel is what the codes stand for with the change, in float32; the others stay packed', () => {
    const base = drawnBase(llamaConfig, nf4());
    const model = movedModel(base, onTargets(qlora({ rank: 2 }), ['q_proj']));
    const merged = mergedBase(model, 0);
    const [{ site, update }] = model.adapters;
    const wanted = frozenNumbers(base, site.name);
    const change = update.delta(0).dataSync();
    expect(
      largest(
        frozenNumbers(merged, site.name),
        wanted.map((value, i) => value + change[i]!),
      ),
    ).toBe(0);
    const other = 'model.layers.0.self_attn.k_proj';
    expect(merged.weights.kernel(other)).toBe(base.weights.kernel(other));
    const packed = base.weights.kernel(site.name).bytes;
    expect(merged.bytes).toBe(base.bytes + 2 * (4 * 12 * 12 - packed));
  });
});

describe('a tied head', () => {
  const embeddingOf = (recipe: Recipe): { base: Base; model: Model } => {
    const base = drawnBase(tiedConfig);
    return { base, model: movedModel(base, onTargets(recipe, ['embed_tokens'])) };
  };
  const table = 'model.embed_tokens';

  test.each([
    ['lora', lora({ rank: 2 })],
    ['dora', dora({ rank: 2 })],
    ['ia3', ia3()],
  ])('an embedding with %s: the head is untied and keeps the numbers of the base', (_, recipe) => {
    const { base, model } = embeddingOf(recipe);
    const merged = mergeAdapters(model, 0, drawnBatch(0), tolerance);
    expect(merged.base.architecture.tied).toBe(false);
    expect(merged.base.config).toMatchObject({ tie_word_embeddings: false });
    expect(merged.base.parameters).toBe(base.parameters + 23 * 12);
    expect(merged.base.bytes).toBe(base.bytes + 4 * 23 * 12);
    const turned = tf.transpose(tf.tensor2d(frozenNumbers(merged.base, 'lm_head'), [12, 23])) as Tensor2D;
    expect(turned.dataSync()).toEqual(frozenNumbers(base, table));
    expect(largest(frozenNumbers(merged.base, table), frozenNumbers(base, table))).toBeGreaterThan(0.01);
  });

  test('an embedding that was trained whole stays shared', () => {
    const { base, model } = embeddingOf(full());
    const merged = mergeAdapters(model, 0, drawnBatch(0), tolerance);
    expect(merged.base.architecture.tied).toBe(true);
    expect(merged.base.parameters).toBe(base.parameters);
  });
});

describe("B's own bias", () => {
  const recipe = lora({ rank: 2, alpha: 6, upBias: true });

  test('goes into the bias of the base, times the scale', () => {
    const base = drawnBase(gpt2Config);
    const model = movedModel(base, onTargets(recipe, ['c_attn']));
    const name = 'transformer.h.0.attn.c_attn';
    const own = model.arena.parameters.find(({ site, role }) => site === name && role === 'upBias')!;
    const u = model.arena.read(own, 0);
    const before = base.weights.vector(`${name}.bias`);
    for (const strength of [1, 0.5]) {
      model.strength = strength;
      const merged = mergeAdapters(model, 0, drawnBatch(0), tolerance);
      const wanted = before.map((value, i) => value + strength * 3 * u[i]!);
      expect(largest(merged.base.weights.vector(`${name}.bias`), wanted)).toBeLessThan(1e-6);
      merged.dispose();
    }
  });

  test('under factors of the output is scaled with them', () => {
    const model = movedModel(drawnBase(gpt2Config), onTargets({ ...dora({ rank: 2 }), ...recipe }, ['c_attn']));
    expect(mergeAdapters(model, 0, drawnBatch(0), tolerance).largestLogitDifference).toBeLessThan(tolerance);
    const scaled = movedModel(drawnBase(gpt2Config), onTargets({ ...ia3(), ...recipe }, ['c_attn']));
    expect(mergeAdapters(scaled, 0, drawnBatch(0), tolerance).largestLogitDifference).toBeLessThan(tolerance);
  });

  test('has nowhere to go where the base has none, which is said', () => {
    const model = movedModel(drawnBase(llamaConfig), onTargets(recipe, ['q_proj']));
    const merge = (): unknown => mergeAdapters(model, 0, drawnBatch(0), tolerance);
    expect(merge).toThrow(RequestError);
    expect(merge).toThrow(/layers\.0\.self_attn\.q_proj cannot be merged: its update has a bias of its own/);
  });
});

test('a merged head has its change in the kernel and in the rows that its gradient reads', () => {
  const base = drawnBase(llamaConfig);
  const merged = mergeAdapters(
    movedModel(base, onTargets(lora({ rank: 2 }), ['lm_head'])),
    0,
    drawnBatch(0),
    tolerance,
  );
  const rows = merged.base.weights
    .table('lm_head')
    .use((table) => tf.transpose(table).dataSync() as never) as Float32Array;
  expect(rows).toEqual(frozenNumbers(merged.base, 'lm_head'));
  expect(largest(rows, frozenNumbers(base, 'lm_head'))).toBeGreaterThan(0.01);
});

test.each([
  ['llama', llamaConfig, 'all-linear', lora({ rank: 2 })],
  ['llama, tied, with an adapted embedding', tiedConfig, ['embed_tokens', 'q_proj'], lora({ rank: 2 })],
  ['llama, tied, trained whole', tiedConfig, 'all', full()],
  ['gpt2', gpt2Config, ['c_attn:query', 'mlp.c_proj'], dora({ rank: 2 })],
  ['gpt2 with an adapted embedding', gpt2Config, ['wte', 'wpe'], lora({ rank: 2 })],
  ['gpt2, scaled', gpt2Config, ['c_attn', 'mlp.c_proj'], ia3()],
] as const)('a merged network can be saved and read again: %s', (_, config, targets, recipe) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'adapterlab-'));
  const model = movedModel(drawnBase(config), onTargets(recipe, targets));
  const merged = mergeAdapters(model, 0, drawnBatch(0), tolerance);
  saveModel(merged.base, folder);
  const checkpoint = openCheckpoint(folder);
  expect(logitsOf(plainModel(loadBase(checkpoint)))).toEqual(logitsOf(merged.model));
  checkpoint.close();
  rmSync(folder, { recursive: true });
});
