/** Rows that are written in place. */
import tf, { type Tensor2D, type Tensor3D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { release, startEngine } from '../../src/tensor/engine.ts';
import { slotRows, slots } from '../../src/tensor/slots.ts';

beforeAll(() => startEngine());

const rowsOf = (first: number): Tensor2D => tf.tensor2d([first, first + 1, first + 2, first + 3], [2, 2]);

describe('slots', () => {
  test.each([2, 3])('%i of them take rows at any place, and what they were copied from stays', (capacity) => {
    const first: Tensor3D = tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]);
    const of = slots(first, capacity);
    const rows = rowsOf(20);
    const at = slotRows(2, capacity, 1);
    of.put(rows, 1, () => at);
    const empty = capacity === 3 ? [[0, 0]] : [];
    expect(of.all.arraySync()).toEqual([
      [[1, 2], [20, 21], ...empty],
      [[5, 6], [22, 23], ...empty],
    ]);
    expect([...first.dataSync()]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    of.dispose();
    release(first, rows, at);
  });

  test('are copied into more of them, and leave nothing behind', () => {
    const before = tf.memory().numTensors;
    const first: Tensor3D = tf.tensor3d([1, 2, 3, 4], [2, 1, 2]);
    const of = slots(first, 2);
    const [at, rows] = [slotRows(2, 2, 1), rowsOf(20)];
    of.put(rows, 1, () => at);
    const larger = slots(of.all, 4);
    of.dispose();
    const [then, more] = [slotRows(2, 4, 3), rowsOf(30)];
    larger.put(more, 3, () => then);
    expect(larger.all.arraySync()).toEqual([
      [
        [1, 2],
        [20, 21],
        [0, 0],
        [30, 31],
      ],
      [
        [3, 4],
        [22, 23],
        [0, 0],
        [32, 33],
      ],
    ]);
    expect(larger.capacity).toBe(4);
    larger.dispose();
    release(first, rows, more, at, then);
    expect(tf.memory().numTensors).toBe(before);
  });
});
