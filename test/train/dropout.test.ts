import { beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../src/tensor/engine.ts';
import { dropoutMasks } from '../../src/train/dropout.ts';

beforeAll(() => startEngine());

const values = (seeds: number[], step: number, part: number, site = 'a', rows = 40): Float32Array =>
  dropoutMasks(seeds)(step, part, { sequences: (rows / 20) * seeds.length })(
    site,
    rows * seeds.length,
    50,
    0.25,
  )!.dataSync() as Float32Array;

describe('dropout masks', () => {
  it('hold 1/(1 − p) with probability 1 − p, else 0', () => {
    const mask = values([3], 1, 0, 'a', 400);
    const kept = mask.filter((value) => value !== 0);
    expect(new Set(kept)).toEqual(new Set([Math.fround(1 / 0.75)]));
    expect(kept.length / mask.length).toBeCloseTo(0.75, 1);
  });

  it('are the same at every replay and differ by site, step, part and seed', () => {
    const one = values([3], 2, 1);
    expect(values([3], 2, 1)).toEqual(one);
    for (const other of [values([3], 2, 1, 'b'), values([3], 1, 1), values([3], 2, 0), values([4], 2, 1)])
      expect(other).not.toEqual(one);
  });

  it('are those of the lane itself, wherever it lies', () => {
    const both = values([7, 3], 2, 1);
    expect(both.subarray(40 * 50)).toEqual(values([3], 2, 1));
    expect(both.subarray(0, 40 * 50)).toEqual(values([7], 2, 1));
  });

  it('of a sequence do not depend on how far it is padded', () => {
    const ofLength = (length: number): Float32Array =>
      dropoutMasks([3])(1, 0, { sequences: 2 })('a', 2 * length, 5, 0.5)!.dataSync() as Float32Array;
    const [short, long] = [ofLength(4), ofLength(7)];
    expect(long.subarray(0, 20)).toEqual(short.subarray(0, 20));
    expect(long.subarray(35, 55)).toEqual(short.subarray(20));
    expect(short.subarray(0, 20)).not.toEqual(short.subarray(20));
  });
});
