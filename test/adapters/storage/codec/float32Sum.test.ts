import { describe, expect, it } from 'vitest';
import { float32Sum } from '../../../../src/adapters/storage/codec/float32Sum.ts';
import { seededNormal, seededRandom } from './seededRandom.ts';

const BIG = 2 ** 24; // one more is lost in float32, two more are not

/** `length` zeros but for these. */
function sparse(length: number, numbers: Record<number, number>): Float32Array {
  return Float32Array.from({ length }, (_, i) => numbers[i] ?? 0);
}

describe('a sum in float32', () => {
  it('is exact where no order matters', () => {
    for (const length of [0, 1, 2, 7, 8, 31, 32, 33, 511, 512, 513, 10_000, 100_003]) {
      expect(float32Sum(Float32Array.from({ length }, (_, i) => (i % 7) - 3))).toBe(
        Array.from({ length }, (_, i) => (i % 7) - 3).reduce((sum, value) => sum + value, 0),
      );
    }
  });

  it.each<[string, Float32Array, number]>([
    ['fewer than 8: the fifth joins the first', sparse(5, { 0: 1, 1: BIG, 4: 1 }), BIG + 2],
    ['fewer than 8: then from left to right', sparse(4, { 0: BIG, 1: 1, 2: 1 }), BIG],
    ['lanes of 8: numbers 8 apart meet first', sparse(16, { 0: 1, 1: BIG, 8: 1 }), BIG + 2],
    ['lanes of 8: then from left to right', sparse(16, { 0: BIG, 1: 1, 2: 1 }), BIG],
    ['vectors of 32: numbers 32 apart meet before numbers 8 apart', sparse(64, { 0: 1, 8: BIG, 32: 1 }), BIG + 2],
    ['vectors of 32: numbers 16 apart meet after them', sparse(64, { 0: 1, 16: BIG, 32: 1 }), BIG + 2],
    [
      'runs stay at 16 rows up to a million numbers',
      sparse(32 * 0x8001, { 0: BIG, [32 * 16]: 1, [32 * 17]: 1 }),
      BIG + 2,
    ],
    ['what is left of 8 comes first', sparse(10, { 0: BIG, 8: 1, 9: 1 }), BIG + 2],
    ['16 rows make a partial sum', sparse(32 * 17, { 0: BIG, [32 * 16]: 1, 1: 1 }), BIG],
    ['rows of one run meet before those of the next', sparse(32 * 18, { 0: BIG, [32 * 16]: 1, [32 * 17]: 1 }), BIG + 2],
    ['within a run they come one by one', sparse(32 * 16, { 0: BIG, 32: 1, 64: 1 }), BIG],
  ])('is added in the order of PyTorch: %s', (_, numbers, expected) => {
    expect(float32Sum(numbers)).toBe(expected);
  });

  it('stays close to the exact sum', () => {
    const random = seededRandom(5);
    for (let seed = 0; seed < 20; seed++) {
      const numbers = seededNormal(seed, Math.floor(random() * 30_000)).map(Math.abs);
      const exact = numbers.reduce((sum, value) => sum + value, 0);
      expect(Math.abs(float32Sum(numbers) - exact)).toBeLessThanOrEqual(1e-6 * exact);
    }
  });
});
