/** Small bases with drawn weights, and models on them: what the tests of methods share. */
import { methodOf } from '../../src/adapters/compose.ts';
import type { MethodFor } from '../../src/adapters/placement.ts';
import { isTarget, type TargetNames } from '../../src/adapters/targets.ts';
import type { Recipe, Storage } from '../../src/adapters/types.ts';
import { type TokenBatch, tokenBatch } from '../../src/blocks/tokenBatch.ts';
import { architectureOf } from '../../src/families/index.ts';
import { sitesOf } from '../../src/families/sites.ts';
import { release } from '../../src/tensor/engine.ts';
import { stream } from '../../src/tensor/random.ts';
import { type Base, loadBase, type WeightSource } from '../../src/train/base.ts';
import { createModel, type Model } from '../../src/train/model.ts';

export const llamaConfig: object = {
  model_type: 'llama',
  vocab_size: 23,
  hidden_size: 12,
  intermediate_size: 20,
  num_hidden_layers: 2,
  num_attention_heads: 3,
  num_key_value_heads: 1,
  head_dim: 4,
  hidden_act: 'silu',
  rms_norm_eps: 1e-5,
};

export const gpt2Config: object = {
  model_type: 'gpt2',
  vocab_size: 23,
  n_embd: 12,
  n_layer: 2,
  n_head: 3,
  n_positions: 16,
};

/** Every tensor of the family, matrices N(0, 0.25²), vectors around 1 (gains) or 0 (biases). */
export function drawnWeights(config: object): WeightSource {
  const byTensor = new Map(sitesOf(architectureOf(config)).map((site) => [site.tensor, site]));
  return {
    config,
    names: () => [...byTensor.keys()],
    has: (tensor) => byTensor.has(tensor),
    hash: () => 'drawn',
    read(tensor) {
      const site = byTensor.get(tensor);
      if (!site) throw new Error(`no tensor ${tensor}`);
      const data = stream(11, tensor).fillNormal(new Float32Array(site.shape[0] * site.shape[1]), 0.25);
      if (site.kind === 'vector' && tensor.endsWith('weight')) data.forEach((value, i) => (data[i] = 1 + value));
      return { shape: site.stored, data };
    },
  };
}

export const drawnBase = (config: object, storage?: Storage): Base => loadBase(drawnWeights(config), storage);

/** One method on the targets. */
export function onTargets(recipe: Recipe, targets: TargetNames): MethodFor {
  const method = methodOf(recipe);
  return (name, kind, isHead) => (isTarget({ name, kind, isHead }, { targets }) ? method : null);
}

/** A model whose parameters are moved away from their start, each lane in its own way. */
export function movedModel(base: Base, methodFor: MethodFor, seeds: readonly number[] = [0]): Model {
  const model = createModel(base, { seeds, methodFor, steps: 100 });
  const { arena } = model;
  const values = arena.values.dataSync().slice() as Float32Array;
  seeds.forEach((seed, lane) => {
    const row = values.subarray(lane * arena.count, (lane + 1) * arena.count);
    stream(seed, 'moved')
      .fillNormal(new Float32Array(arena.count), 0.1)
      .forEach((step, i) => (row[i] += step));
  });
  arena.load(values);
  return model;
}

const length = 6;

/** Two sequences a lane: lane l of a batch has what a single lane has with l added to `first`. */
export function drawnBatch(first: number, lanes = 1): TokenBatch {
  const size = 2 * length;
  const ids = Int32Array.from({ length: lanes * size }, (_, i) => {
    const own = i % size;
    return (7 * own + 5 * (first + Math.floor(i / size)) + ((own * own) % 11)) % 23;
  });
  return tokenBatch(ids, ids, { lanes, length });
}

/** Of a model of one lane on the first batch. */
export function logitsOf(model: Model): Float32Array {
  const batch = drawnBatch(0);
  const tensor = model.logits(batch);
  const values = tensor.dataSync<'float32'>().slice();
  release(tensor, batch);
  return values;
}
