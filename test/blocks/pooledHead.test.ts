/** Heads that see one row of each sequence, and losses of numbers. */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { activate } from '../../src/blocks/activate.ts';
import { tanh } from '../../src/blocks/activations/tanh.ts';
import type { Block } from '../../src/blocks/block.ts';
import { chain } from '../../src/blocks/chain.ts';
import { featureHead } from '../../src/blocks/featureHead.ts';
import { frozenHead, type Head, trainedHead } from '../../src/blocks/head.ts';
import { frozenMap } from '../../src/blocks/linearMap.ts';
import { squaredError } from '../../src/blocks/losses.ts';
import { firstRow, lastTokenRow, pooledHead } from '../../src/blocks/pooledHead.ts';
import { type TokenBatch, tokenBatch } from '../../src/blocks/tokenBatch.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';
import { transposed } from '../../src/tensor/transposed.ts';
import { float32Kernel } from '../../src/tensor/frozen.ts';
import { describeBlock, lane, type Parts } from './blockContract.ts';
import { freedWith, kernelOf, tableOf, vectorOf } from './parts.ts';

const width = 3;
const classes = 4;
const length = 3;
const sequences = 4;
const ids = Int32Array.from([5, 1, 0, 2, 0, 0, 4, 3, 1, 0, 0, 0]);
/** The rightmost that is not 0; the first where all are. */
const lastTokens = [1, 0, 2, 0];
const labels = Int32Array.from([2, 0, 3, 1]);
const numbers = Float32Array.from([0.5, -1, 2, 0.25]);

type Batches = (lanes: number) => TokenBatch;
const ofClasses: Batches = (lanes) => tokenBatch(ids, labels, { lanes, length, predicts: 'sequence', share: 0.5 });
const ofNumbers: Batches = (lanes) => tokenBatch(ids, numbers, { lanes, length, predicts: 'sequence', share: 0.5 });

/** Its batch is made anew for forward and backward, so that nothing of it stays. */
function asBlock(head: Head, batches: Batches, lanes: number): Block {
  const withBatch = <T>(f: (batch: TokenBatch) => T): T => {
    const batch = batches(lanes);
    const result = f(batch);
    release(batch);
    return result;
  };
  const block: Block<Tensor2D, Tensor> = {
    trains: head.trains,
    forward: (x, pass) => withBatch((batch) => head.forward(x, batch, pass)),
    backward: (_dy, saved, wantsInput) => withBatch((batch) => head.backward(batch, saved, wantsInput)),
  };
  return block as Block;
}

const perLane = (losses: Tensor, lanes: number): Tensor =>
  tf.mul(0.5, tf.mean(tf.reshape(losses, [lanes, sequences / lanes]), 1));
const rowsOf = (x: Tensor, at: readonly number[]): Tensor =>
  tf.concat(
    at.map((row, s) => tf.slice(x, [s * length + row, 0], [1, width])),
    0,
  );
const crossEntropies = (z: Tensor): Tensor =>
  tf.stack(
    [...labels].map((label, s) => {
      const logits = tf.reshape(tf.slice(z, [s, 0], [1, classes]), [classes]);
      return tf.sub(tf.log(tf.sum(tf.exp(logits))), tf.reshape(tf.slice(logits, [label], [1]), []));
    }),
  );

const pooler = (parts: Parts): Block =>
  chain([frozenMap(kernelOf(parts, 'pooler', [width, width]), null), activate(tanh)]);
const matrix = (frozen: Parts['frozen'], name: string, outputs: number): Tensor2D =>
  tf.tensor2d(frozen(name, width * outputs), [width, outputs]);

for (const lanes of [1, 2]) {
  describeBlock(`classifier on the first row, through a pooler, ${lanes} lanes`, {
    lanes,
    length,
    sequences,
    inputs: [[sequences * length, width]],
    trained: { bias: [classes] },
    upstream: 'ones',
    make: (parts) => {
      const map = frozenMap(kernelOf(parts, 'kernel', [width, classes]), vectorOf(parts, 'bias', classes, true));
      return asBlock(pooledHead(firstRow, pooler(parts), trainedHead(map)), ofClasses, lanes);
    },
    plain([x], { bias }, frozen) {
      const pooled = tf.tanh(tf.matMul(rowsOf(x!, [0, 0, 0, 0]) as Tensor2D, matrix(frozen, 'pooler', width)));
      const z = tf.matMul(pooled, matrix(frozen, 'kernel', classes));
      const each = sequences / lanes;
      const biased = Array.from({ length: lanes }, (_, l) =>
        tf.add(tf.slice(z, [l * each, 0], [each, classes]), lane(bias!, l)),
      );
      return perLane(crossEntropies(tf.concat(biased, 0)), lanes);
    },
  });

  describeBlock(`regression on the last token, ${lanes} lanes`, {
    lanes,
    length,
    sequences,
    inputs: [[sequences * length, width]],
    upstream: 'ones',
    make: (parts) => {
      const map = frozenMap(kernelOf(parts, 'kernel', [width, 1]), null);
      return asBlock(pooledHead(lastTokenRow(0), chain([]), trainedHead(map, squaredError)), ofNumbers, lanes);
    },
    plain([x], _p, frozen) {
      const z = tf.matMul(rowsOf(x!, lastTokens) as Tensor2D, matrix(frozen, 'kernel', 1));
      return perLane(tf.square(tf.sub(z, tf.tensor2d(numbers, [sequences, 1]))), lanes);
    },
  });
}

describeBlock('a pooler that trains, with nothing else that does', {
  length,
  sequences,
  inputs: [[sequences * length, width]],
  trained: { bias: [width] },
  upstream: 'ones',
  make(parts) {
    const pooling = frozenMap(kernelOf(parts, 'pooler', [width, width]), vectorOf(parts, 'bias', width, true));
    const map = frozenMap(kernelOf(parts, 'kernel', [width, classes]), null);
    return asBlock(pooledHead(firstRow, chain([pooling, activate(tanh)]), trainedHead(map)), ofClasses, 1);
  },
  plain([x], { bias }, frozen) {
    const rows = rowsOf(x!, [0, 0, 0, 0]) as Tensor2D;
    const pooled = tf.tanh(tf.add(tf.matMul(rows, matrix(frozen, 'pooler', width)), lane(bias!, 0))) as Tensor2D;
    return perLane(crossEntropies(tf.matMul(pooled, matrix(frozen, 'kernel', classes))), 1);
  },
});

describeBlock('a frozen output layer with a bias', {
  length: 1,
  sequences,
  inputs: [[sequences, width]],
  upstream: 'ones',
  make(parts) {
    const table = tableOf(parts, 'table', [classes, width]);
    const turned = transposed(parts.frozen('table', classes * width), classes, width);
    const kernel = freedWith(parts.arena, float32Kernel(turned, [width, classes]));
    const head = frozenHead(kernel, table, vectorOf(parts, 'bias', classes, false));
    const batch: Batches = () => tokenBatch(labels, labels, { lanes: 1, length: 1, predicts: 'same', share: 0.5 });
    return asBlock(head, batch, 1);
  },
  plain([x], _p, frozen) {
    const w = tf.tensor2d(frozen('table', classes * width), [classes, width]);
    const z = tf.add(tf.matMul(x!, w, false, true), tf.tensor1d(frozen('bias', classes)));
    return perLane(crossEntropies(z), 1);
  },
});

describe('the row that speaks for a sequence', () => {
  beforeAll(() => startEngine());

  test('is the rightmost token that is not padding, on whatever side that lies', () => {
    const of = (padding: number | null, attentionMask?: Int32Array): Int32Array => {
      const batch = tokenBatch(ids, labels, {
        lanes: 1,
        length,
        predicts: 'sequence',
        ...(attentionMask && { attentionMask }),
      });
      const rows = lastTokenRow(padding)(batch);
      release(batch);
      return rows;
    };
    expect([...of(0)]).toEqual(lastTokens);
    expect([...of(5)]).toEqual([2, 2, 2, 2]);
    expect([...of(null)]).toEqual([2, 2, 2, 2]);
    const padded = new Int32Array(12).fill(1).fill(0, 3, 4);
    expect(() => of(null, padded)).toThrow(/no pad_token_id, so that the last token of a padded sequence/);
  });

  test('a NaN in one sequence reaches no other, forward or backward', () => {
    const values = new Float32Array(sequences * length * width).fill(1).fill(NaN, 0, length * width);
    const x = tf.tensor2d(values, [sequences * length, width]);
    const kernel = float32Kernel(
      Float32Array.from({ length: 12 }, (_, i) => i / 10),
      [width, classes],
    );
    const head = pooledHead(firstRow, chain([]), trainedHead(frozenMap(kernel, null)));
    const batch = ofClasses(1);
    const pass = { sequences, length, padding: null, saves: true, wantsInput: true, cache: null, mask: () => null };
    const { y, saved } = head.forward(x, batch, pass);
    const dx = head.backward(batch, saved, true)!;
    const rows = dx.arraySync() as number[][];
    expect(rows[0]!.every(Number.isNaN)).toBe(true);
    expect(rows.slice(1).flat().every(Number.isFinite)).toBe(true);
    expect(rows[3]!.some((value) => value !== 0)).toBe(true);
    release(x, y, dx, batch);
    kernel.dispose();
  });

  test('features have no logits and no loss, but a pooled row', () => {
    const kernel = float32Kernel(
      Float32Array.from({ length: 9 }, (_, i) => i / 10),
      [width, width],
    );
    const head = featureHead(chain([frozenMap(kernel, null), activate(tanh)]));
    const x = tf.tensor2d(
      Array.from({ length: sequences * length }, (_, row) => [Number(row % length === 0), 0, 0]), // 1 in first rows
    );
    const batch = ofClasses(1);
    const pass = { sequences, length, padding: null, saves: false, wantsInput: false, cache: null, mask: () => null };
    const pooled = head.pooled(x, batch, pass)!;
    expect(pooled.shape).toEqual([sequences, width]);
    const first = [0, 0.1, 0.2].map((value) => expect.closeTo(Math.tanh(value), 6));
    expect(pooled.arraySync()).toEqual([first, first, first, first]);
    expect(() => head.logits(x, batch, pass)).toThrow(/gives features, and cannot be trained or asked for logits/);
    expect(featureHead(null).pooled(x, batch, pass)).toBeNull();
    release(x, batch, pooled);
    kernel.dispose();
  });
});
