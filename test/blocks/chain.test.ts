import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Block, block, type Pass } from '../../src/blocks/block.ts';
import { chain } from '../../src/blocks/chain.ts';
import { activate } from '../../src/blocks/activate.ts';
import { geluTanh } from '../../src/blocks/activations/geluTanh.ts';
import { frozenMap } from '../../src/blocks/linearMap.ts';
import { residual } from '../../src/blocks/residual.ts';
import { rmsNorm } from '../../src/blocks/rmsNorm.ts';
import { createArena } from '../../src/tensor/arena.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';
import { trainedVector } from '../../src/blocks/vector.ts';
import { describeBlock, drawn, lane, type Parts } from './blockContract.ts';
import { kernelOf, vectorOf } from './parts.ts';

const rows = 4;
const width = 3;
const pass = (saves: boolean, wantsInput = false): Pass => ({
  sequences: 1,
  length: rows,
  padding: null,
  saves,
  wantsInput,
  cache: null,
  mask: () => null,
});

const kernel = (frozen: Parts['frozen'], name: string): Tensor =>
  tf.tensor2d(frozen(name, width * width), [width, width]);
const tanhGelu = (x: Tensor): Tensor =>
  tf.mul(tf.mul(0.5, x), tf.add(1, tf.tanh(tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.pow(x, 3)))))));

describeBlock('residual around a block that trains', {
  inputs: [[rows, width]],
  trained: { bias: [width] },
  make: (parts) => residual(frozenMap(kernelOf(parts, 'w', [width, width]), vectorOf(parts, 'bias', width, true))),
  plain: ([x], { bias }, frozen) => tf.add(x, tf.add(tf.matMul(x, kernel(frozen, 'w')), lane(bias, 0))),
});

describeBlock('residual around a frozen block', {
  inputs: [[rows, width]],
  make: () => residual(activate(geluTanh)),
  plain: ([x]) => tf.add(x, tanhGelu(x)),
});

describeBlock('chain in a chain, trained in the middle', {
  inputs: [[rows, width]],
  trained: { bias: [width] },
  make: (parts) => {
    const map = (name: string) => frozenMap(kernelOf(parts, name, [width, width]), null);
    const trained = frozenMap(kernelOf(parts, 'b', [width, width]), vectorOf(parts, 'bias', width, true));
    return chain([map('a'), activate(geluTanh), residual(chain([trained, activate(geluTanh)])), map('c')]);
  },
  plain([x], { bias }, frozen) {
    const below = tanhGelu(tf.matMul(x, kernel(frozen, 'a')));
    const inside = tanhGelu(tf.add(tf.matMul(below, kernel(frozen, 'b')), lane(bias, 0)));
    return tf.matMul(tf.add(below, inside), kernel(frozen, 'c'));
  },
});

describe('chain', () => {
  beforeAll(() => startEngine());

  /** A block y = x that says what was asked of it. */
  function told(log: string[], name: string, trains: boolean): Block {
    return block({
      trains,
      forward: (x: Tensor2D, { saves, wantsInput }) => {
        log.push(`${name} ${saves ? 'saves' : 'saves nothing'}${saves && wantsInput ? ', input wanted' : ''}`);
        return { y: tf.clone(x), saved: { x: tf.clone(x) } };
      },
      backward: (dy, _saved, wantsInput) => {
        log.push(`${name} back${wantsInput ? ', input wanted' : ''}`);
        return wantsInput ? tf.clone(dy) : null;
      },
    });
  }

  const through = (blocks: Block[], wantsInput: boolean): Tensor2D | null => {
    const x = tf.ones([2, 2]) as Tensor2D;
    const whole = chain<Tensor2D, Tensor2D>(blocks);
    const { y, saved } = whole.forward(x, pass(true, wantsInput));
    const dy = tf.ones([2, 2]) as Tensor2D;
    const dx = whole.backward(dy, saved, wantsInput);
    release(x, y, dy);
    return dx;
  };

  test('saves nothing and goes no further back than the lowest block that trains', () => {
    const log: string[] = [];
    const names = ['a', 'b', 'c', 'd'].map((name) => told(log, name, name === 'b' || name === 'd'));
    const before = tf.memory().numTensors;
    expect(through(names, false)).toBeNull();
    expect(tf.memory().numTensors).toBe(before);
    expect(log).toEqual([
      'a saves nothing',
      'b saves',
      'c saves, input wanted',
      'd saves, input wanted',
      'd back, input wanted',
      'c back, input wanted',
      'b back',
    ]);
  });

  test('where the gradient of the input is wanted, all blocks save and all go back', () => {
    const log: string[] = [];
    const before = tf.memory().numTensors;
    const dx = through([told(log, 'a', false), told(log, 'b', true)], true);
    release(dx);
    expect(tf.memory().numTensors).toBe(before);
    expect(log).toEqual([
      'a saves, input wanted',
      'b saves, input wanted',
      'b back, input wanted',
      'a back, input wanted',
    ]);
  });

  test('a frozen chain whose input is wanted goes all the way back', () => {
    const dx = through([told([], 'a', false), told([], 'b', false)], true);
    expect([...dx!.dataSync()]).toEqual([1, 1, 1, 1]);
    release(dx);
  });

  test('tensors alive between forward and backward are those of the blocks from the lowest that trains on', () => {
    const alive = (below: number): number => {
      const arena = createArena(1);
      const gain = arena.parameter('site', 'dense', [width], () => drawn('gain', width));
      const whole = chain<Tensor2D, Tensor2D>([
        ...Array.from({ length: below }, () => activate(geluTanh)),
        rmsNorm(trainedVector(gain), 1e-5),
        activate(geluTanh),
      ]);
      arena.start();
      const x = tf.ones([rows, width]) as Tensor2D;
      const before = tf.memory().numTensors;
      const { y, saved } = whole.forward(x, pass(true));
      const count = tf.memory().numTensors - before;
      const dx = whole.backward(y, saved, false);
      release(x, y, dx);
      arena.dispose();
      return count;
    };
    alive(0); // constants that stay are made once
    expect(alive(0)).toBe(1 + 2 + 2); // y; n and r of the norm; x and t of gelu
    expect(alive(5)).toBe(alive(0));
  });
});
