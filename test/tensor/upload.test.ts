/** Numbers that go to the engine out of memory that is filled anew at once. */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { activeEngine, release, startEngine } from '../../src/tensor/engine.ts';
import { float32Kernel, float32Table, turnedTable } from '../../src/tensor/frozen.ts';
import { transposed } from '../../src/tensor/transposed.ts';
import { reusedMemory, uploaded, uploadedTurned } from '../../src/tensor/upload.ts';

beforeAll(() => startEngine());

/** Of every kind that an engine could treat apart: single rows and columns, one number, sizes around a cache line and a page. */
const shapes: readonly (readonly [number, number])[] = [
  [3, 5],
  [1, 48],
  [48, 1],
  [1, 1],
  [16, 16],
  [33, 31],
  [1024, 1],
  [300, 200],
  [512, 1024],
  [0, 5],
  [1, 200_000],
];
const drawn = (seed: number, [rows, columns]: readonly [number, number]): Float32Array =>
  Float32Array.from({ length: rows * columns }, (_, i) => Math.fround(Math.sin(seed * 7919 + i)));

function read(tensor: Tensor2D): Float32Array {
  const values = tensor.dataSync().slice() as Float32Array;
  release(tensor);
  return values;
}

describe.each([
  [
    'as they are',
    uploaded,
    (values: Float32Array) => values,
    ([rows, columns]: readonly [number, number]) => [rows, columns],
  ],
  ['turned', uploadedTurned, transposed, ([rows, columns]: readonly [number, number]) => [columns, rows]],
] as const)('matrices, %s', (_, upload, expected, shapeOf) => {
  it('keep their numbers when the memory is filled anew', () => {
    const memory = reusedMemory();
    const held = shapes.map((shape, i) => {
      const values = memory.room(shape[0] * shape[1]);
      values.set(drawn(i, shape));
      const tensor = upload(values, shape);
      values.fill(NaN);
      return tensor;
    });
    held.forEach((tensor, i) => {
      const shape = shapes[i]!;
      expect(tensor.shape).toEqual(shapeOf(shape));
      const same = Buffer.from(read(tensor).buffer).equals(Buffer.from(expected(drawn(i, shape), ...shape).buffer));
      expect(same, `of shape ${shape.join(' x ')}`).toBe(true);
    });
  });

  it('keep every bit, also wherever their memory starts', () => {
    const odd = Float32Array.of(1e-45, -1e-40, -0, 1.17549435e-38, 3.4028235e38, 0.1);
    for (let start = 0; start < 20; start++) {
      const values = new Float32Array(64).subarray(start, start + 6);
      values.set(odd);
      const tensor = upload(values, [2, 3]);
      values.fill(7);
      expect([...read(tensor)].map((value) => [value, Object.is(value, -0)])).toEqual(
        [...expected(odd, 2, 3)].map((value) => [value, Object.is(value, -0)]),
      );
    }
  });

  it('leave no other tensor behind', () => {
    const before = tf.memory().numTensors;
    release(upload(drawn(1, [4, 6]), [4, 6]));
    expect(tf.memory().numTensors).toBe(before);
  });
});

it('memory grows, and is lent again', () => {
  const memory = reusedMemory();
  const first = memory.room(10);
  expect(memory.room(4).buffer).toBe(first.buffer);
  expect(memory.room(1000)).toHaveLength(1000);
  expect(memory.room(10).buffer).not.toBe(first.buffer);
});

it.each([NaN, Infinity, -Infinity])('%d is never taken for finite, nor what cancels it', (value) => {
  const memory = reusedMemory();
  for (const length of [1, 2, 9, 1000, 70_000]) {
    const values = memory.room(length);
    for (const at of [0, length >> 1, length - 1]) {
      values.fill(-1e30);
      values[length >> 2] = -value;
      values[at] = value;
      expect(memory.areFinite(values)).toBe(false);
    }
    values.fill(1);
    expect(memory.areFinite(values)).toBe(activeEngine().engine === 'tensorflow');
  }
});

describe('a table as a kernel, turned', () => {
  const numbers = drawn(3, [7, 4]);
  const x = drawn(4, [5, 4]);
  const dy = drawn(5, [5, 7]);

  it('multiplies as the kernel of its own does, and holds nothing that it does not free', () => {
    const before = tf.memory().numTensors;
    const table = float32Table(numbers, [7, 4]);
    const kernels = [turnedTable(table), float32Kernel(numbers, [7, 4], 'outIn')];
    expect(kernels.map(({ shape, bytes }) => ({ shape, bytes }))).toEqual([
      { shape: [4, 7], bytes: 112 },
      { shape: [4, 7], bytes: 112 },
    ]);
    const [turned, own] = kernels.map((kernel) => {
      const [a, b] = [tf.tensor2d(x, [5, 4]), tf.tensor2d(dy, [5, 7])];
      const results = [kernel.times(a), kernel.back(b), kernel.use((lent) => tf.clone(lent))].map((made) => [
        ...read(made),
      ]);
      release(a, b);
      return results.flat();
    });
    own!.forEach((value, i) => expect(turned![i]).toBeCloseTo(value, 5));
    kernels.forEach((kernel) => kernel.dispose());
    expect([...table.use((lent) => lent.dataSync())]).toEqual([...numbers]);
    table.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
