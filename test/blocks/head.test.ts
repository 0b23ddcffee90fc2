import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { hasKernels } from '../../src/tensor/kernels.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { tiedHead } from '../../src/adapters/tiedHead.ts';
import { adaptedMap } from '../../src/adapters/adaptedMap.ts';
import { none } from '../../src/adapters/rescale/none.ts';
import { dense } from '../../src/adapters/update/dense.ts';
import type { Block } from '../../src/blocks/block.ts';
import { frozenHead, type Head, trainedHead } from '../../src/blocks/head.ts';
import { ignored, type TokenBatch, tokenBatch } from '../../src/blocks/tokenBatch.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';
import { float32Kernel, float32Table } from '../../src/tensor/frozen.ts';
import { stream } from '../../src/tensor/random.ts';
import { transposed } from '../../src/tensor/transposed.ts';
import { byLane, describeBlock, lane, type Parts } from './blockContract.ts';
import { freedWith, kernelOf, tableOf } from './parts.ts';

const width = 3;
const vocabulary = 5;
const length = 4;
const rows = 8;
const ids = Int32Array.from([0, 1, 2, 3, 4, 3, 2, 1]);
const labels = Int32Array.from([0, 4, ignored, 2, 1, 1, 0, ignored]);
const batchOf = (lanes: number): TokenBatch => tokenBatch(ids, labels, { lanes, length, share: 0.5 });

/** Loss and head as a block: its batch is made anew for forward and backward, so that nothing of it stays. */
function asBlock(head: Head, lanes: number): Block<Tensor2D, Tensor> {
  const withBatch = <T>(f: (batch: TokenBatch) => T): T => {
    const batch = batchOf(lanes);
    const result = f(batch);
    release(batch);
    return result;
  };
  return {
    trains: head.trains,
    forward: (x, pass) => withBatch((batch) => head.forward(x, batch, pass)),
    backward: (_dy, saved, wantsInput) => withBatch((batch) => head.backward(batch, saved, wantsInput)),
  };
}

/** 0.5 · the mean of −log p over a lane's counted tokens, picked one by one; `logits` of all lanes. */
function meanLoss(logits: Tensor, lanes: number): Tensor {
  const logP = tf.sub(logits, tf.log(tf.sum(tf.exp(logits), 1, true)));
  const perLane = rows / lanes;
  const losses = Array.from({ length: lanes }, (_, l) => {
    const picked: Tensor[] = [];
    for (let i = l * perLane; i < (l + 1) * perLane; i++) {
      const label = labels[i + 1];
      if (i % length < length - 1 && label !== ignored) picked.push(tf.slice(logP, [i, label], [1, 1]).reshape([]));
    }
    return tf.mul(-0.5 / picked.length, tf.addN(picked));
  });
  return tf.stack(losses);
}

for (const lanes of [1, 2])
  describeBlock(`head, frozen, ${lanes} lanes`, {
    lanes,
    length,
    sequences: 2,
    inputs: [[rows, width]],
    upstream: 'ones',
    make(parts) {
      const table = tableOf(parts, 'table', [vocabulary, width]);
      const numbers = parts.frozen('table', vocabulary * width);
      const turned = float32Kernel(transposed(numbers, vocabulary, width), [width, vocabulary]);
      const kernel = freedWith(parts.arena, turned);
      return asBlock(frozenHead(kernel, table), lanes) as Block;
    },
    plain: ([x], _p, frozen) =>
      meanLoss(tf.matMul(x, tf.transpose(tf.tensor2d(frozen('table', 15), [vocabulary, width]))), lanes),
  });

function denseMap(parts: Parts): ReturnType<typeof adaptedMap> {
  const kernel = kernelOf(parts, 'kernel', [width, vocabulary]);
  const site = { name: 'site', kind: 'linear', shape: kernel.shape, use: kernel.use } as const;
  const context = { arena: parts.arena, random: () => stream(1) };
  const update = dense().create(site, context);
  const rescale = none().create(site, update, context);
  return adaptedMap({ name: 'site', kernel, bias: null, update, rescale, dropout: 0, strength: () => 1 });
}

for (const lanes of [1, 2]) {
  describeBlock(`head, trained, ${lanes} lanes`, {
    lanes,
    length,
    sequences: 2,
    inputs: [[rows, width]],
    trained: { dense: [width, vocabulary] },
    upstream: 'ones',
    make: (parts) => asBlock(trainedHead(denseMap(parts)), lanes) as Block,
    plain: ([x], { dense: w }) =>
      meanLoss(
        byLane(x, lanes, (part, l) => tf.matMul(part, lane(w, l))),
        lanes,
      ),
  });

  describeBlock(`head, tied to a trained table, ${lanes} lanes`, {
    lanes,
    length,
    sequences: 2,
    inputs: [[rows, width]],
    trained: { dense: [vocabulary, width] },
    upstream: 'ones',
    make(parts) {
      const kernel = kernelOf(parts, 'kernel', [width, vocabulary]); // of the base, which no one asks for here
      return asBlock(trainedHead(tiedHead(parts.trained('dense'), kernel, () => 1)), lanes) as Block;
    },
    plain: ([x], { dense: v }) =>
      meanLoss(
        byLane(x, lanes, (part, l) => tf.matMul(part, tf.transpose(lane(v, l)))),
        lanes,
      ),
  });
}

describe('a head', () => {
  beforeAll(() => startEngine());
  const pass = { sequences: 2, length, padding: null, saves: false, wantsInput: false, cache: null, mask: () => null };

  function headOf(numbers: Float32Array): Head & { dispose(): void } {
    const kernel = float32Kernel(transposed(numbers, vocabulary, width), [width, vocabulary]);
    const table = float32Table(numbers, [vocabulary, width]);
    return { ...frozenHead(kernel, table), dispose: () => (kernel.dispose(), table.dispose()) };
  }

  const lossOf = (head: Head, x: Tensor2D): number => {
    const batch = batchOf(1);
    const { y } = head.forward(x, batch, pass);
    const [loss] = y.dataSync();
    release(y, batch);
    return loss;
  };

  test('of equal logits loses log(vocabulary), times the share', () => {
    const head = headOf(new Float32Array(15));
    const x = tf.ones([rows, width]) as Tensor2D;
    expect(lossOf(head, x)).toBeCloseTo(0.5 * Math.log(vocabulary), 6);
    head.dispose();
    release(x);
  });

  test('of a target that has no probability left loses what it does, 86 nats at most without kernels, and is finite', () => {
    const head = headOf(Float32Array.from({ length: 15 }, (_, i) => (i < 3 ? 1000 : 0)));
    const x = tf.ones([rows, width]) as Tensor2D;
    const loss = lossOf(head, x);
    expect(loss).toBeGreaterThan(10);
    if (hasKernels()) expect(loss).toBe(1125);
    else expect(loss).toBeLessThan(0.5 * 86);
    head.dispose();
    release(x);
  });

  test('of numbers that are not numbers loses NaN, not a finite number', () => {
    const head = headOf(new Float32Array(15).fill(NaN));
    const x = tf.ones([rows, width]) as Tensor2D;
    expect(lossOf(head, x)).toBeNaN();
    head.dispose();
    release(x);
  });

  test('an ignored label weighs nothing: its logits get no gradient', () => {
    const head = headOf(Float32Array.from({ length: 15 }, (_, i) => i % 4));
    const x = tf.ones([rows, width]) as Tensor2D;
    const batch = batchOf(1);
    const { y, saved } = head.forward(x, batch, { ...pass, saves: true });
    const dx = head.backward(batch, saved, true)!;
    const still = (dx.arraySync() as number[][]).map((row) => row.every((value) => value === 0));
    expect(still).toEqual([false, true, false, true, false, false, true, true]);
    release(x, y, dx, batch);
    head.dispose();
  });
});
