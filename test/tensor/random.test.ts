import { describe, expect, it } from 'vitest';
import { RequestError } from '../../src/errors.ts';
import { stream, type Stream } from '../../src/tensor/random.ts';

const draws = (source: Stream, count: number): number[] => Array.from({ length: count }, () => source.uniform());
const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;

describe('golden values: the same on every engine and machine', () => {
  // uniform, integer and mask were computed with an independent sfc32 on Python's hashlib.
  it('of one stream, in the order of the calls', () => {
    const source = stream(7, 'init', 'model.layers.0.q_proj');
    expect([source.uniform(), source.uniform()]).toEqual([0.959470913834025, 0.5996270436098209]);
    expect([source.integer(10), source.integer(1000), source.integer(2 ** 32)]).toEqual([8, 300, 2271438127]);
    expect([source.normal(), source.normal(), source.normal()]).toEqual([
      0.26930304071571753, 0.4457696648211501, 0.5836220075636417,
    ]);
  });

  it('of a mask and a shuffle from the beginning', () => {
    expect([...stream(0, 'dropout', 3).mask(16, 0.5)].join('')).toBe('0000110000110110');
    expect(stream(0, 'order').shuffle([0, 1, 2, 3, 4, 5, 6, 7]).join('')).toBe('20614375');
  });
});

describe('names', () => {
  it('a stream does not depend on what another drew', () => {
    const alone = draws(stream(1, 'a'), 5);
    const a = stream(1, 'a');
    const b = stream(1, 'b');
    const interleaved = alone.map(() => {
      b.normal();
      return a.uniform();
    });
    expect(interleaved).toEqual(alone);
  });

  it('every part of the name counts, and so do its borders and its type', () => {
    const first = [
      stream(1),
      stream(2),
      stream(-1),
      stream(1, 1),
      stream(1, '1'),
      stream(1, 'ab'),
      stream(1, 'a', 'b'),
      stream(1, 'b', 'a'),
      stream(1, 'a', ''),
    ].map((source) => source.uniform());
    expect(new Set(first).size).toBe(first.length);
  });

  it('neighbouring names are uncorrelated', () => {
    const n = 20_000;
    const a = stream(5, 'step', 1);
    const b = stream(5, 'step', 2);
    let product = 0;
    for (let i = 0; i < n; i++) product += a.normal() * b.normal();
    expect(Math.abs(product / n)).toBeLessThan(4 / Math.sqrt(n));
  });

  it('a seed or name that is not a number is refused', () => {
    expect(() => stream(0.5)).toThrow(RequestError);
    expect(() => stream(Number.NaN)).toThrow('whole number');
    expect(() => stream(1, Number.NaN)).toThrow('finite');
  });
});

describe('distributions (bounds are four standard errors)', () => {
  const n = 200_000;

  it('uniform: mean, variance, bounds, and equal twentieths', () => {
    const values = draws(stream(11, 'uniform'), n);
    expect(values.every((v) => v >= 0 && v < 1)).toBe(true);
    expect(Math.abs(mean(values) - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(mean(values.map((v) => (v - 0.5) ** 2)) - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / n));
    const counts = new Float64Array(20);
    for (const v of values) counts[Math.floor(v * 20)]++;
    const chiSquare = counts.reduce((sum, c) => sum + (c - n / 20) ** 2 / (n / 20), 0);
    expect(chiSquare).toBeLessThan(45); // 19 degrees of freedom: p < 0.001 beyond 43.8
  });

  it('normal: the first four moments, and consecutive draws uncorrelated', () => {
    const values = stream(11, 'normal').fillNormal(new Float32Array(n), 1);
    const moment = (power: number): number => mean(values.map((v) => v ** power));
    expect(Math.abs(moment(1))).toBeLessThan(4 * Math.sqrt(1 / n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / n));
    let product = 0;
    for (let i = 1; i < n; i++) product += values[i] * values[i - 1];
    expect(Math.abs(product / n)).toBeLessThan(4 / Math.sqrt(n));
  });

  it('fillNormal scales, fillUniform keeps to its range', () => {
    const normal = stream(3).fillNormal(new Float32Array(n), 0.02);
    expect(Math.sqrt(mean(normal.map((v) => v * v)))).toBeCloseTo(0.02, 4);
    const uniform = stream(3).fillUniform(new Float32Array(n), -0.25, 0.75);
    expect(uniform.every((v) => v >= -0.25 && v <= 0.75)).toBe(true);
    expect(mean(uniform)).toBeCloseTo(0.25, 2);
  });

  it('integer: equal counts where n does not divide 2^32', () => {
    const source = stream(11, 'integer');
    const counts = new Float64Array(7);
    for (let i = 0; i < n; i++) counts[source.integer(7)]++;
    expect(counts.reduce((sum, c) => sum + (c - n / 7) ** 2 / (n / 7), 0)).toBeLessThan(22.5); // 6 d.f., p = 0.001
    // Without rejection every value below 2^30 would come up twice as often as those above.
    const threeQuarters = 3 * 2 ** 30;
    let small = 0;
    for (let i = 0; i < n; i++) if (source.integer(threeQuarters) < 2 ** 30) small++;
    expect(Math.abs(small / n - 1 / 3)).toBeLessThan(4 * Math.sqrt(2 / 9 / n));
    expect(() => source.integer(0)).toThrow('from 1');
  });

  it('shuffle: a permutation, each of the 24 orders of four equally often', () => {
    const source = stream(11, 'shuffle');
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const order = source.shuffle([0, 1, 2, 3]).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect([...counts.values()].reduce((sum, c) => sum + (c - 1000) ** 2 / 1000, 0)).toBeLessThan(49.8); // 23 d.f., p = 0.001
    expect(source.shuffle(Int32Array.from([5, 6, 7])).toSorted()).toEqual(Int32Array.from([5, 6, 7]));
  });

  it('mask: the share kept, and the ends', () => {
    const share = mean(stream(11, 'mask').mask(n, 0.9));
    expect(Math.abs(share - 0.9)).toBeLessThan(4 * Math.sqrt(0.09 / n));
    expect(
      stream(1)
        .mask(1000, 1)
        .every((v) => v === 1),
    ).toBe(true);
    expect(
      stream(1)
        .mask(1000, 0)
        .every((v) => v === 0),
    ).toBe(true);
    expect(() => stream(1).mask(1, Number.NaN)).toThrow('keep');
  });
});
