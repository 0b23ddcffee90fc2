import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { ignored, tokenBatch } from '../../src/blocks/tokenBatch.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';

beforeAll(() => startEngine());

const ints = (...values: number[]): Int32Array => Int32Array.from(values);

describe('a batch of tokens', () => {
  test('position i predicts label i + 1; the last position and -100 predict nothing', () => {
    const batch = tokenBatch(ints(1, 2, 3, 4, 5, 6), ints(1, 2, 3, 4, ignored, 6), { lanes: 1, length: 3 });
    expect(batch.sequences).toBe(2);
    expect(batch.counts).toEqual([3]);
    expect([...batch.targets.host]).toEqual([2, 3, 0, 0, 6, 0]);
    expect([...batch.targets.device.dataSync()]).toEqual([2, 3, 0, 0, 6, 0]);
    expect([...batch.ids.device.dataSync()]).toEqual([1, 2, 3, 4, 5, 6]);
    const third = Math.fround(1 / 3);
    expect([...batch.weight.dataSync()]).toEqual([third, third, 0, 0, third, 0]);
    expect(batch.weight.shape).toEqual([6, 1]);
    expect(batch.targetIndex.arraySync()).toEqual([
      [0, 2],
      [1, 3],
      [2, 0],
      [3, 0],
      [4, 6],
      [5, 0],
    ]);
    release(batch);
  });

  test('the mean is over the counted tokens of each lane, whatever the other lanes count', () => {
    const labels = ints(9, 1, 2, 9, ignored, 3);
    const batch = tokenBatch(ints(0, 0, 0, 0, 0, 0), labels, { lanes: 2, length: 3, share: 0.5 });
    expect(batch.counts).toEqual([2, 1]);
    expect([...batch.weight.dataSync()]).toEqual([0.25, 0.25, 0, 0, 0.5, 0]);
    release(batch);
  });

  test('rows that cannot be shared equally by the lanes are refused', () => {
    const three = ints(1, 2, 3, 4, 5, 6, 7, 8, 9);
    expect(() => tokenBatch(three, three, { lanes: 2, length: 3 })).toThrow(/2 lanes .* sequences of 3 .* has 9 ids/);
    expect(() => tokenBatch(three, ints(1), { lanes: 1, length: 3 })).toThrow(/1 labels/);
  });

  test('a lane without a counted token weighs nothing, and is not NaN', () => {
    const batch = tokenBatch(ints(1, 2, 3, 4), ints(1, 2, ignored, ignored), { lanes: 2, length: 2 });
    expect(batch.counts).toEqual([1, 0]);
    expect([...batch.weight.dataSync()]).toEqual([1, 0, 0, 0]);
    release(batch);
  });

  test('is freed whole', () => {
    const before = tf.memory().numTensors;
    release(tokenBatch(ints(1, 2), ints(1, 2), { lanes: 1, length: 2 }));
    expect(tf.memory().numTensors).toBe(before);
  });
});
