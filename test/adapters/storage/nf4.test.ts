/** NF4 as a storage of kernels: what its users see are the decoded numbers, whichever way the checkpoint stores them. */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { float32 } from '../../../src/adapters/storage/float32.ts';
import { nf4 } from '../../../src/adapters/storage/nf4.ts';
import { release, startEngine } from '../../../src/tensor/engine.ts';
import { stream } from '../../../src/tensor/random.ts';
import { loadBase } from '../../../src/train/base.ts';
import { expectNear } from '../../blocks/blockContract.ts';
import { tinyLlama } from '../../tinyLlama.ts';
import { numbers } from '../oneSite.ts';

beforeAll(async () => void (await startEngine()));

const golden = [-1, -0.5, 0, 0.5, 1, 0.25, -0.25, 0.1];
const decoded = [-1, -0.52507305, 0, 0.44070983, 1, 0.2461123, -0.28444138, 0.0795803];

const held = (frozen: { use: (f: (kernel: Tensor2D) => Tensor2D) => Tensor2D }): number[] => {
  const copy = frozen.use((kernel) => tf.clone(kernel));
  const values = numbers(copy);
  release(copy);
  return values;
};

test('the golden numbers, in the order of the checkpoint and turned', () => {
  const storage = nf4({ double: false });
  const inOut = storage.pack(Float32Array.from(golden), [2, 4], 'inOut');
  expect(inOut.shape).toEqual([2, 4]);
  expectNear(held(inOut), decoded, 1e-7, 'stored [in, out]');
  const outIn = storage.pack(Float32Array.from(golden), [2, 4], 'outIn');
  expect(outIn.shape).toEqual([4, 2]);
  expectNear(
    held(outIn),
    [0, 4, 1, 5, 2, 6, 3, 7].map((i) => decoded[i]),
    1e-7,
    'stored [out, in]',
  );
  release(inOut, outIn);
});

describe.each(['inOut', 'outIn'] as const)('stored %s', (order) => {
  test('products use those numbers, in both directions', () => {
    const values = stream(1, 'nf4').fillNormal(new Float32Array(24 * 40), 1);
    const frozen = nf4().pack(values, [24, 40], order);
    const [inputs, outputs] = frozen.shape;
    const plain = float32().pack(Float32Array.from(held(frozen)), [inputs, outputs], 'inOut');
    const [x, dy] = [inputs, outputs].map((n) => tf.randomNormal([3, n], 0, 1, 'float32', n) as Tensor2D);
    const results = [frozen, plain].map((kernel) => ({ y: kernel.times(x), dx: kernel.back(dy) }));
    expectNear(numbers(results[0].y), numbers(results[1].y), 1e-6, 'x W');
    expectNear(numbers(results[0].dx), numbers(results[1].dx), 1e-6, 'dy Wᵀ');
    release(x, dy, results);
    plain.dispose();
    frozen.dispose();
  });
});

describe('on N(0, 1)', () => {
  const values = stream(3, 'rmse').fillNormal(new Float32Array(512 * 512), 1);
  const rootMeanSquare = (blockSize: number, double: boolean): { error: number; bits: number } => {
    const frozen = nf4({ blockSize, double }).pack(values, [512, 512], 'inOut');
    const back = held(frozen);
    const error = Math.sqrt(back.reduce((sum, value, i) => sum + (value - values[i]) ** 2, 0) / back.length);
    return { error, bits: (8 * frozen.bytes) / back.length };
  };

  test.each([
    [64, false, 0.092, 4.5],
    [64, true, 0.092, 4.127],
    [256, false, 0.0987, 4.125],
  ])('blocks of %i, double %s: error %f, %f bits a number', (blockSize, double, error, bits) => {
    const got = rootMeanSquare(blockSize, double);
    expect(Math.abs(got.error - error)).toBeLessThan(5e-4);
    expect(Math.abs(got.bits - bits)).toBeLessThan(1e-3);
  });
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
