/** Parts of GPT-2's c_attn, as loralib's MergedLinear: each part has factors of its own, the other outputs are the base's. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { methodOf } from '../../src/adapters/compose.ts';
import { dora } from '../../src/adapters/methods/dora.ts';
import { full } from '../../src/adapters/methods/full.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import type { Method } from '../../src/adapters/types.ts';
import { RequestError } from '../../src/errors.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';
import { stream } from '../../src/tensor/random.ts';
import { type Base, loadBase } from '../../src/train/base.ts';
import { factorsOfModel, modelOfFactors } from '../../src/train/lowRankModel.ts';
import { mergeAdapters } from '../../src/train/merge.ts';
import { createModel, type Model, noMask } from '../../src/train/model.ts';
import { expectNear } from '../blocks/blockContract.ts';
import { tinyGpt2 } from '../tinyLlama.ts';
import { numbers } from './oneSite.ts';
import { drawnBase, drawnBatch } from './smallModel.ts';

const site = 'transformer.h.1.attn.c_attn';
const [width, outputs, rank] = [16, 48, 2];
let base: Base;
beforeAll(async () => {
  await startEngine();
  base = loadBase(tinyGpt2());
});
afterAll(() => base.dispose());

/** Methods by part, every trained number drawn. */
function modelWith(methods: { readonly [part: string]: Method }): Model {
  const model = createModel(base, { seeds: [1], methodFor: (name) => methods[name.replace(`${site}:`, '')] ?? null });
  const { arena } = model;
  arena.load(stream(2, 'fused').fillNormal(new Float32Array(arena.count), 1));
  return model;
}

function mergedAndBase(model: Model): { merged: number[]; kernel: number[] } {
  const tensor = model.adapters[0].merged(0);
  const merged = numbers(tensor);
  tensor.dispose();
  let kernel: number[] = [];
  base.weights.kernel(site).use((k) => {
    kernel = numbers(k);
    return 0;
  });
  return { merged, kernel };
}

test('ΔW has s A_j B_j in the columns of part j and zero elsewhere', () => {
  const model = modelWith({ query: methodOf(lora({ rank, alpha: 6 })), value: methodOf(lora({ rank, alpha: 4 })) });
  const { arena, adapters } = model;
  expect(adapters.map((adapter) => adapter.site.name)).toEqual([site]);
  expect(arena.parameters.map(({ site: name, role, shape }) => [name, role, shape])).toEqual([
    [`${site}:query`, 'down', [width, rank]],
    [`${site}:query`, 'up', [rank, width]],
    [`${site}:value`, 'down', [width, rank]],
    [`${site}:value`, 'up', [rank, width]],
  ]);
  const [queryDown, queryUp, valueDown, valueUp] = arena.parameters.map((parameter) => arena.read(parameter, 0));
  const product = (down: Float32Array, up: Float32Array, i: number, j: number): number =>
    down[i * rank] * up[j] + down[i * rank + 1] * up[width + j];
  const { merged, kernel } = mergedAndBase(model);
  const wanted = kernel.map((value, at) => {
    const [i, j] = [Math.floor(at / outputs), at % outputs];
    if (j < width) return value + 3 * product(queryDown, queryUp, i, j);
    return j < 2 * width ? value : value + 2 * product(valueDown, valueUp, i, j - 2 * width);
  });
  expectNear(merged, wanted, 1e-5, 'merged');
  merged.forEach((value, at) => {
    if (Math.floor((at % outputs) / width) === 1) expect(value).toBe(kernel[at]);
  });
  model.dispose();
});

test('a magnitude on one part leaves the columns of the others as they are', () => {
  const model = modelWith({ query: methodOf(dora({ rank })), key: methodOf(lora({ rank })) });
  const { merged, kernel } = mergedAndBase(model);
  const magnitude = model.arena.parameters.find(({ role }) => role === 'magnitude')!;
  const lengths = Array.from(model.arena.read(magnitude, 0), Math.abs);
  const norms = lengths.map((_, j) => Math.hypot(...Array.from({ length: width }, (__, i) => merged[i * outputs + j])));
  expectNear(norms, lengths, 1e-5, 'column norms of the query');
  for (let i = 0; i < width; i++)
    for (let j = 2 * width; j < outputs; j++) expect(merged[i * outputs + j]).toBe(kernel[i * outputs + j]);
  model.dispose();
});

test('a whole kernel in place of a part is refused by name', () => {
  const put = (): Model => modelWith({ query: methodOf(full()) });
  expect(put).toThrow(RequestError);
  expect(put).toThrow(/'dense' replaces a whole kernel; put it on .*c_attn, not on .*c_attn:query/);
});

describe('where the parts of each head lie together', () => {
  const name = 'gpt_neox.layers.0.attention.query_key_value';
  const config = {
    model_type: 'gpt_neox',
    vocab_size: 23,
    hidden_size: 8,
    intermediate_size: 10,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    rotary_pct: 0.5,
  };
  const chosen = (methods: { readonly [part: string]: Method }): Model => {
    const model = createModel(neoX, { seeds: [1], methodFor: (at) => methods[at.replace(`${name}:`, '')] ?? null });
    const { arena } = model;
    arena.load(stream(2, 'fused').fillNormal(new Float32Array(arena.count), 1));
    return model;
  };
  let neoX: Base;
  beforeAll(() => {
    neoX = drawnBase(config);
  });
  afterAll(() => neoX.dispose());

  test('a part has its outputs of every head: columns 0 to 3 and 12 to 15 are the queries', () => {
    const model = chosen({ query: methodOf(lora({ rank, alpha: 6 })) });
    const [down, up] = model.arena.parameters.map((parameter) => model.arena.read(parameter, 0));
    const tensor = model.adapters[0]!.merged(0);
    const merged = numbers(tensor);
    tensor.dispose();
    const kernel: number[] = [];
    neoX.weights.kernel(name).use((k) => (kernel.push(...numbers(k)), 0));
    const wanted = kernel.map((value, at) => {
      const [i, j] = [Math.floor(at / 24), at % 24];
      const own = j % 12 < 4 ? Math.floor(j / 12) * 4 + (j % 12) : null;
      if (own === null) return value;
      return value + 3 * (down![i * rank]! * up![own]! + down![i * rank + 1]! * up![8 + own]!);
    });
    expectNear(merged, wanted, 1e-5, 'merged');
    model.dispose();
  });

  test.each([
    ['LoRA', { query: methodOf(lora({ rank })), value: methodOf(lora({ rank })) }],
    ['DoRA', { query: methodOf(dora({ rank })), key: methodOf(lora({ rank })) }],
  ])('%s: merged, it gives the same logits; its gradient is the slope of the loss', (_what, methods) => {
    const model = chosen(methods);
    const start = model.arena.values.dataSync().map((value) => 0.1 * value) as Float32Array;
    model.arena.load(start);
    const batch = drawnBatch(0);
    const merged = mergeAdapters(model, 0, batch, 1e-4);
    expect(merged.largestLogitDifference).toBeLessThan(1e-4);
    merged.dispose();
    const whole = modelOfFactors(neoX, factorsOfModel(model, 0));
    const [ofParts, ofWhole] = [model, whole].map((of) => {
      const logits = of.logits(batch);
      const values = logits.dataSync();
      release(logits);
      return values;
    });
    expectNear(ofWhole!, ofParts!, 1e-5, 'logits of the parts as one LoRA of the whole');
    whole.dispose();
    model.lossAndGradients(batch, noMask);
    const taken = model.arena.takeGradient();
    const all = taken.dataSync().slice() as Float32Array;
    // A norm is a constant in DoRA's gradient, so that only its magnitude has the slope.
    const isDora = model.arena.parameters.some(({ role }) => role === 'magnitude');
    const has = (role: string): boolean => !isDora || role === 'magnitude';
    const gradient = new Float32Array(all.length);
    for (const { offset, size, role } of model.arena.parameters)
      if (has(role)) gradient.set(all.subarray(offset, offset + size), offset);
    const norm = Math.hypot(...gradient);
    const at = (h: number): number => {
      model.arena.load(start.map((value, i) => value + (h * gradient[i]!) / norm));
      return model.lossAndGradients(batch, noMask)[0]!;
    };
    expect(Math.abs((at(0.01) - at(-0.01)) / 0.02 - norm)).toBeLessThan(5e-3 * norm);
    taken.dispose();
    release(batch);
    model.dispose();
  });
});
