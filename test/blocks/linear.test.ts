import tf, { type Tensor } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { linear } from '../../src/blocks/linear.ts';
import { frozenMap } from '../../src/blocks/linearMap.ts';
import { split, splitByHead } from '../../src/blocks/split.ts';
import { release } from '../../src/tensor/engine.ts';
import { byLane, describeBlock, lane } from './blockContract.ts';
import { kernelOf, vectorOf } from './parts.ts';

const rows = 4;
const matrix = (frozen: (name: string, size: number) => Float32Array, name: string, i: number, o: number): Tensor =>
  tf.tensor2d(frozen(name, i * o), [i, o]);

describeBlock('linear map, frozen, without bias', {
  inputs: [[rows, 3]],
  make: (parts) => frozenMap(kernelOf(parts, 'w', [3, 5]), null),
  plain: ([x], _p, frozen) => tf.matMul(x, matrix(frozen, 'w', 3, 5)),
});

describeBlock('linear map, frozen, with a frozen bias', {
  inputs: [[rows, 3]],
  make: (parts) => frozenMap(kernelOf(parts, 'w', [3, 5]), vectorOf(parts, 'bias', 5, false)),
  plain: ([x], _p, frozen) => tf.add(tf.matMul(x, matrix(frozen, 'w', 3, 5)), tf.tensor1d(frozen('bias', 5))),
});

for (const lanes of [1, 2])
  describeBlock(`linear map with a trained bias, ${lanes} lanes`, {
    lanes,
    inputs: [[rows, 3]],
    trained: { bias: [5] },
    make: (parts) => frozenMap(kernelOf(parts, 'w', [3, 5]), vectorOf(parts, 'bias', 5, true)),
    plain: ([x], { bias }, frozen) =>
      byLane(x, lanes, (part, l) => tf.add(tf.matMul(part, matrix(frozen, 'w', 3, 5)), lane(bias, l))),
  });

describeBlock('several linear maps of one input, one of which trains', {
  inputs: [[rows, 3]],
  trained: { bias: [5] },
  make: (parts) =>
    linear([
      frozenMap(kernelOf(parts, 'a', [3, 2]), null),
      frozenMap(kernelOf(parts, 'b', [3, 5]), vectorOf(parts, 'bias', 5, true)),
      frozenMap(kernelOf(parts, 'c', [3, 4]), null),
    ]),
  plain: ([x], { bias }, frozen) => [
    tf.matMul(x, matrix(frozen, 'a', 3, 2)),
    tf.add(tf.matMul(x, matrix(frozen, 'b', 3, 5)), lane(bias, 0)),
    tf.matMul(x, matrix(frozen, 'c', 3, 4)),
  ],
});

describeBlock('split of a fused projection', {
  inputs: [[rows, 9]],
  make: () => split([2, 3, 4]),
  plain: ([x]) => [tf.slice(x, [0, 0], [rows, 2]), tf.slice(x, [0, 2], [rows, 3]), tf.slice(x, [0, 5], [rows, 4])],
});

describeBlock('split of a fused projection whose parts lie head by head', {
  inputs: [[rows, 2 * 3 * 4]],
  make: () => splitByHead(2, 3),
  plain: ([x]) =>
    [0, 1, 2].map((part) =>
      tf.concat(
        [0, 1].map((head) => tf.slice(x, [0, (3 * head + part) * 4], [rows, 4])),
        1,
      ),
    ),
});

describe('a frozen linear map', () => {
  test('computes no gradient of its kernel or its input unless asked', () => {
    let asked = 0;
    const kernel = { ...kernelStub, back: () => (asked++, tf.zeros<tf.Rank.R2>([rows, 3])) };
    const map = frozenMap(kernel, null);
    const dy = tf.ones<tf.Rank.R2>([rows, 5]);
    expect(map.backward(dy, null, false)).toBeNull();
    expect(asked).toBe(0);
    release(dy);
  });
});

const kernelStub = {
  shape: [3, 5] as const,
  bytes: 60,
  times: (x: Tensor) => x as tf.Tensor2D,
  use: () => {
    throw new Error('nobody needs the kernel itself');
  },
  dispose: () => {},
};
