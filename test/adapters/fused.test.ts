/** Parts of GPT-2's c_attn, as loralib's MergedLinear: each part has factors of its own, the other outputs are the base's. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { methodOf } from '../../src/adapters/compose.ts';
import { dora } from '../../src/adapters/methods/dora.ts';
import { full } from '../../src/adapters/methods/full.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import type { Method } from '../../src/adapters/types.ts';
import { RequestError } from '../../src/errors.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { stream } from '../../src/tensor/random.ts';
import { type Base, loadBase } from '../../src/train/base.ts';
import { createModel, type Model } from '../../src/train/model.ts';
import { expectNear } from '../blocks/blockContract.ts';
import { tinyGpt2 } from '../tinyLlama.ts';
import { numbers } from './oneSite.ts';

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
