/** Storages of kernels: what their users see are the decoded numbers, whichever way the checkpoint stores them. */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { compose } from '../../../src/adapters/compose.ts';
import { lora } from '../../../src/adapters/methods/lora.ts';
import { qdora } from '../../../src/adapters/methods/qdora.ts';
import { qlora } from '../../../src/adapters/methods/qlora.ts';
import { float32 } from '../../../src/adapters/storage/float32.ts';
import { storageByName, storageOf, storages } from '../../../src/adapters/storage/index.ts';
import { integer } from '../../../src/adapters/storage/integer.ts';
import { int8 } from '../../../src/adapters/storage/int8.ts';
import { nf4 } from '../../../src/adapters/storage/nf4.ts';
import { normalFloat } from '../../../src/adapters/storage/normalFloat.ts';
import { RequestError } from '../../../src/errors.ts';
import { release, startEngine } from '../../../src/tensor/engine.ts';
import type { Frozen } from '../../../src/tensor/frozen.ts';
import { stream } from '../../../src/tensor/random.ts';
import { transposed } from '../../../src/tensor/transposed.ts';
import { loadBase } from '../../../src/train/base.ts';
import { expectNear } from '../../blocks/blockContract.ts';
import { tinyLlama } from '../../tinyLlama.ts';
import { numbers } from '../oneSite.ts';

beforeAll(async () => void (await startEngine()));

const held = (frozen: Frozen): number[] => {
  const copy = frozen.use((kernel) => tf.clone(kernel));
  const values = numbers(copy);
  release(copy);
  return values;
};

test('the golden numbers of NF4, turned', () => {
  const golden = Float32Array.of(-1, -0.5, 0, 0.5, 1, 0.25, -0.25, 0.1);
  const decoded = [-1, -0.52507305, 0, 0.44070983, 1, 0.2461123, -0.28444138, 0.0795803];
  const outIn = nf4({ double: false }).pack(golden, [2, 4], 'outIn');
  expect(outIn.shape).toEqual([4, 2]);
  const turned = [0, 4, 1, 5, 2, 6, 3, 7].map((i) => decoded[i]);
  expectNear(held(outIn), turned, 1e-7, 'stored [out, in]');
  release(outIn);
});

describe.each(Object.keys(storages))('%s', (name) => {
  const values = stream(1, name).fillNormal(new Float32Array(130 * 64), 1);
  const few = values.subarray(0, 24 * 40);

  test.each(['inOut', 'outIn'] as const)('products use what it holds, in both directions: stored %s', (order) => {
    const frozen = storageByName(name).pack(few, [24, 40], order);
    const [inputs, outputs] = frozen.shape;
    expect(frozen.shape).toEqual(order === 'inOut' ? [24, 40] : [40, 24]);
    const plain = float32().pack(Float32Array.from(held(frozen)), [inputs, outputs], 'inOut');
    const [x, dy] = [inputs, outputs].map((n) => tf.randomNormal([3, n], 0, 1, 'float32', n) as Tensor2D);
    const results = [frozen, plain].map((kernel) => ({ y: kernel.times(x), dx: kernel.back(dy) }));
    expectNear(numbers(results[0].y), numbers(results[1].y), 1e-6, 'x W');
    expectNear(numbers(results[0].dx), numbers(results[1].dx), 1e-6, 'dy Wᵀ');
    release(x, dy, results);
    plain.dispose();
    frozen.dispose();
  });

  test('holds the same numbers, whichever way the checkpoint stores the kernel', () => {
    const outIn = storageByName(name).pack(few, [24, 40], 'outIn');
    const inOut = storageByName(name).pack(transposed(few, 24, 40), [40, 24], 'inOut');
    expect(held(inOut)).toEqual(held(outIn));
    release(outIn, inOut);
  });

  test.each([
    [24, 40],
    [1, 48],
    [48, 1],
    [7, 33],
    [130, 64],
  ])('is the same kernel to the bit lent, in x W and in dy Wᵀ: [%d, %d]', (outputs, inputs) => {
    const frozen = storageByName(name).pack(values.subarray(0, outputs * inputs), [outputs, inputs], 'outIn');
    const lent = held(frozen);
    const [ofInputs, ofOutputs] = [inputs, outputs].map((n) => tf.eye(n));
    const [forward, backward] = [frozen.times(ofInputs), frozen.back(ofOutputs)];
    expect(numbers(forward)).toEqual(lent);
    expect(numbers(backward)).toEqual([...transposed(Float32Array.from(lent), inputs, outputs)]);
    release(ofInputs, ofOutputs, forward, backward);
    frozen.dispose();
  });

  test.each([
    [24, 40],
    [1, 48],
    [48, 1],
  ])('what was lent stays what it was when another kernel is used: [%d, %d]', (outputs, inputs) => {
    const pack = (from: number): Frozen =>
      storageByName(name).pack(values.subarray(from, from + outputs * inputs), [outputs, inputs], 'outIn');
    const [one, other] = [pack(0), pack(48)];
    const x = tf.ones([1, inputs]) as Tensor2D;
    const copy = one.use((kernel) => tf.clone(kernel));
    const before = numbers(copy);
    release(other.times(x), x);
    expect(numbers(copy)).toEqual(before);
    expect(held(other)).not.toEqual(before);
    release(copy);
    for (const kernel of [one, other]) kernel.dispose();
  });

  test('says beforehand what it takes', () => {
    const frozen = storageByName(name).pack(few, [24, 40], 'outIn');
    expect(storageByName(name).bytes([40, 24])).toBe(frozen.bytes);
    frozen.dispose();
  });
});

test('QLoRA and QDoRA hold the base in NF4, or as they are told; any recipe takes a storage', () => {
  expect(qlora({ rank: 2 }).storage?.spec).toEqual({ type: 'nf4', blockSize: 64, double: true });
  const told = { rank: 2, kind: 'fp4', blockSize: 128, double: false } as const;
  for (const method of [qlora, qdora])
    expect(method(told).storage?.spec).toEqual({ type: 'fp4', blockSize: 128, double: false });
  expect(compose(lora({ rank: 2 }), { storage: int8() }).storage?.spec).toEqual({ type: 'int8' });
});

test('fewer bits, by name, by number, and as the base of QLoRA', () => {
  for (const [kind, made] of [
    ['nf4', normalFloat({ bits: 4 })],
    ['nf3', normalFloat({ bits: 3 })],
    ['nf2', normalFloat({ bits: 2 })],
    ['int4', integer({ bits: 4 })],
    ['int3', integer({ bits: 3 })],
    ['int2', integer({ bits: 2 })],
  ] as const) {
    expect(made.spec).toEqual({ type: kind, blockSize: 64, double: true });
    expect(storageByName(kind).spec).toEqual(made.spec);
    expect(storageOf(made.spec).spec).toEqual(made.spec);
    expect(qlora({ rank: 2, kind }).storage?.spec).toEqual(made.spec);
  }
  expect(() => normalFloat({ bits: 5 as never })).toThrow(/NormalFloat has 2, 3 or 4 bits, not 5/);
  expect(() => integer({ bits: 8 as never })).toThrow(/2, 3 or 4 bits, not 8/);
  expect(() => normalFloat({ bits: 3, blockSize: 60 })).toThrow(/block size 60: expected one of 32, 64/);
  expect(() => qlora({ rank: 2, kind: 'nf8' as never })).toThrow(/no kind "nf8", only nf4, nf3/);
});

test('a storage that does not exist', () => {
  expect(() => storageByName('nf5')).toThrow(RequestError);
  expect(() => storageByName('toString')).toThrow(/unknown storage 'toString'.*there are float32, nf4, fp4, int8/);
});

test('holds every linear map of a base but the head; embedding and norms stay as they are', () => {
  const [plain, packed] = [undefined, nf4()].map((storage) => loadBase(tinyLlama(), storage));
  for (const { name, kind, isHead } of plain.sites) {
    if (kind === 'vector') expect(packed.weights.vector(name)).toEqual(plain.weights.vector(name));
    else if (kind === 'embedding') expect(packed.weights.table(name).bytes).toBe(plain.weights.table(name).bytes);
    else {
      const [one, other] = [plain, packed].map((base) => held(base.weights.kernel(name)));
      if (isHead) expect(other).toEqual(one);
      else expect(other).not.toEqual(one);
      expect(packed.weights.kernel(name).bytes < plain.weights.kernel(name).bytes / 6).toBe(!isHead);
    }
  }
  plain.dispose();
  packed.dispose();
});
