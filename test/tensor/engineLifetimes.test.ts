import tf, { type Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { keep, release, scalar, scoped, startEngine } from '../../src/tensor/engine.ts';

beforeAll(() => startEngine());

/** How many tensors `work` leaves behind. */
function left(work: () => unknown): number {
  const before = tf.memory().numTensors;
  work();
  return tf.memory().numTensors - before;
}

describe('scoped', () => {
  const block = scoped((x: Tensor) => {
    const doubled = tf.add(x, x);
    const squared = tf.square(doubled);
    return { y: tf.exp(squared), saved: [doubled, { deep: [{ squared }] }, null, undefined, 3, 'a', () => squared] };
  });

  test('frees what is not returned, keeps what is, however deep', () => {
    const x = tf.tensor1d([0, 1]);
    let result!: ReturnType<typeof block>;
    expect(left(() => (result = block(x)))).toBe(3);
    expect([...result.y.dataSync()]).toEqual([1, expect.closeTo(Math.exp(4), 3)]);
    const [doubled, rest] = result.saved as [Tensor, { deep: [{ squared: Tensor }] }];
    expect([...doubled.dataSync()]).toEqual([0, 2]);
    expect([...rest.deep[0].squared.dataSync()]).toEqual([0, 4]);
    expect(left(() => release(result))).toBe(-3);
    expect(x.isDisposed).toBe(false);
    x.dispose();
  });

  test('frees everything when the function throws', () => {
    const fails = scoped(() => {
      tf.ones([3]).square();
      throw new Error('halfway');
    });
    expect(left(() => expect(fails).toThrow('halfway'))).toBe(0);
  });

  test('leaves what was made outside, and what is kept inside', () => {
    const outside = tf.ones([2]);
    let kept!: Tensor;
    const keeps = scoped(() => {
      kept = keep(tf.mul(outside, outside));
    });
    expect(left(keeps)).toBe(1);
    expect(outside.isDisposed).toBe(false);
    release(kept, outside);
    expect(kept.isDisposed).toBe(true);
  });

  test('does not look into typed arrays', () => {
    const hidden = tf.ones([1]);
    const array = Object.assign(new Float32Array(4), { hidden });
    expect(left(() => release(array, { array }))).toBe(0);
    hidden.dispose();
  });

  test('stands a structure that holds itself', () => {
    const round: { y?: Tensor; self?: unknown } = {};
    round.self = round;
    scoped(() => (round.y = tf.add(tf.ones([1]), 1)) && round)();
    expect(round.y!.isDisposed).toBe(false);
    expect(left(() => release(round))).toBe(-1);
  });
});

describe('release', () => {
  test('passes over what is missing, not a tensor, or freed already', () => {
    const x = tf.ones([2]);
    x.dispose();
    expect(() => release(x, x, null, undefined, 3, 'text', [null, { a: undefined, b: x }])).not.toThrow();
  });

  test('frees a tensor named twice once', () => {
    const x = tf.ones([2]);
    expect(left(() => release(x, [x], { x }))).toBe(-1);
  });
});

describe('scalar', () => {
  test('is made once per value, and outlives scopes', () => {
    const first = scoped(() => void scalar(0.125));
    expect(left(first)).toBe(1);
    expect(left(() => scalar(0.125))).toBe(0);
    expect(scalar(0.125).dataSync()[0]).toBe(0.125);
    expect(scalar(0.125)).not.toBe(scalar(0.25));
  });

  test('is of the engine in use', async () => {
    const here = tf.getBackend();
    const mine = scalar(7);
    await tf.setBackend('cpu');
    const cpus = scalar(7);
    await tf.setBackend(here);
    expect(here === 'cpu' ? mine === cpus : mine !== cpus).toBe(true);
    expect(scalar(7)).toBe(mine);
  });

  test('is made anew if someone freed it', () => {
    release(scalar(9));
    expect(scalar(9).dataSync()[0]).toBe(9);
  });
});
