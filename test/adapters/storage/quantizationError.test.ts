import { beforeAll, describe, expect, test } from 'vitest';
import { dynamic8 } from '../../../src/adapters/storage/dynamic8.ts';
import { float32 } from '../../../src/adapters/storage/float32.ts';
import { fp4 } from '../../../src/adapters/storage/fp4.ts';
import { integer } from '../../../src/adapters/storage/integer.ts';
import { int8 } from '../../../src/adapters/storage/int8.ts';
import { nf4 } from '../../../src/adapters/storage/nf4.ts';
import { normalFloat } from '../../../src/adapters/storage/normalFloat.ts';
import { quantizationError } from '../../../src/adapters/storage/quantizationError.ts';
import { RequestError } from '../../../src/errors.ts';
import { startEngine } from '../../../src/tensor/engine.ts';
import { transposed } from '../../../src/tensor/transposed.ts';
import { loadBase } from '../../../src/train/base.ts';
import { quantizationReport } from '../../../src/train/quantizationReport.ts';
import { tinyGpt2, tinyLlama } from '../../tinyLlama.ts';
import { seededNormal } from './codec/seededRandom.ts';

beforeAll(() => startEngine());

const normal = seededNormal(3, 512 * 1024);

describe('on N(0, 1)', () => {
  // those of 8 bits measured with bitsandbytes, those of 2 and 3 computed with numpy and scipy, the others published
  test.each([
    ['int4', integer({ bits: 4, double: false }), 0.1077, 4.5],
    ['int4, blocks of 256', integer({ bits: 4, blockSize: 256, double: false }), 0.1264, 4.125],
    ['nf3', normalFloat({ bits: 3, double: false }), 0.1974, 3.5],
    ['nf3, scales in 8 bits', normalFloat({ bits: 3 }), 0.1974, 3.127],
    ['int3', integer({ bits: 3, double: false }), 0.2512, 3.5],
    ['nf2', normalFloat({ bits: 2, double: false }), 0.564, 2.5],
    ['nf2, scales in 8 bits', normalFloat({ bits: 2 }), 0.564, 2.127],
    ['int2', integer({ bits: 2, double: false }), 0.7174, 2.5],
    ['nf4', nf4({ double: false }), 0.092, 4.5],
    ['nf4, scales in 8 bits', nf4(), 0.092, 4.127],
    ['nf4, blocks of 256', nf4({ blockSize: 256, double: false }), 0.0987, 4.125],
    ['fp4', fp4({ double: false }), 0.122, 4.5],
    ['fp4, blocks of 256', fp4({ blockSize: 256, double: false }), 0.1347, 4.125],
    ['int8', int8(), 0.0079, 8.03125],
    ['dynamic8', dynamic8(), 0.0109, 8.125],
    ['float32', float32(), 0, 32],
  ])('%s: error %#', (_name, storage, error, bits) => {
    const got = quantizationError(storage, normal, [512, 1024], 'outIn');
    expect(Math.abs(got.rootMeanSquare - error)).toBeLessThan(5e-4);
    expect(Math.abs(got.relative - error)).toBeLessThan(5e-4);
    expect(Math.abs(got.bitsPerParameter - bits)).toBeLessThan(1e-3);
  });

  test('is the same, whichever way the checkpoint stores the kernel', () => {
    const small = normal.slice(0, 40 * 64);
    const outIn = quantizationError(nf4(), small, [40, 64], 'outIn');
    expect(quantizationError(nf4(), transposed(small, 40, 64), [64, 40], 'inOut')).toEqual(outIn);
  });
});

describe('the worst block', () => {
  test('is the one with the outlier', () => {
    const values = normal.slice(0, 4 * 96);
    values[2 * 96 + 50] = 100;
    const { worstBlock, rootMeanSquare } = quantizationError(nf4(), values, [4, 96], 'outIn');
    expect(worstBlock).toMatchObject({ output: 2, input: 0, numbers: 64 });
    expect(worstBlock.rootMeanSquare).toBeGreaterThan(2 * rootMeanSquare);
  });

  test('is a row for int8, and may be short at the end', () => {
    const values = new Float32Array(3 * 50);
    values.set([100, 0.3], 50);
    expect(quantizationError(int8(), values, [3, 50], 'outIn').worstBlock).toMatchObject({ output: 1, numbers: 50 });
    values.fill(0).set([100, 30], 148);
    expect(quantizationError(nf4({ double: false }), values, [3, 50], 'outIn').worstBlock).toMatchObject({
      output: 2,
      input: 28,
      numbers: 22,
    });
  });

  test('is the one with the largest mean, not sum, where the last is short', () => {
    // 0.0398 lies halfway between two values of NF4, 0 and 0.0796
    const values = new Float32Array(150).fill(0.0398).fill(1.2 * 0.0398, 128);
    values.set([1], 0);
    values.set([1], 64);
    values.set([1.2], 128);
    const { worstBlock } = quantizationError(nf4({ double: false }), values, [3, 50], 'outIn');
    expect(worstBlock).toMatchObject({ output: 2, input: 28, numbers: 22 });
  });

  test('of zeros loses nothing', () => {
    const { rootMeanSquare, relative, worstBlock } = quantizationError(nf4(), new Float32Array(128), [2, 64], 'outIn');
    expect([rootMeanSquare, relative, worstBlock.rootMeanSquare, worstBlock.relative]).toEqual([0, 0, 0, 0]);
  });
});

describe('a whole base', () => {
  test.each([
    ['llama', tinyLlama()],
    ['gpt2', tinyGpt2()],
  ])('%s: layer by layer what is held', (_name, source) => {
    const { layers, bitsPerParameter } = quantizationReport(source, nf4());
    const base = loadBase(source, nf4());
    const packed = base.sites.filter(({ held }) => held === 'packed');
    expect(layers.map(({ site }) => site)).toEqual(packed.map(({ name }) => name));
    const bytes = packed.reduce((sum, { name }) => sum + base.weights.kernel(name).bytes, 0);
    const parameters = packed.reduce((sum, { shape }) => sum + shape[0] * shape[1], 0);
    expect(bitsPerParameter).toBeCloseTo((8 * bytes) / parameters, 10);
    for (const { relative } of layers) {
      expect(relative).toBeGreaterThan(0.01);
      expect(relative).toBeLessThan(0.2);
    }
    base.dispose();
  });

  test('that was saved in 4 bits does not say what it was', () => {
    const quantized = (): never => ({}) as never;
    expect(() => quantizationReport({ ...tinyLlama(), quantized }, nf4())).toThrow(RequestError);
  });
});
