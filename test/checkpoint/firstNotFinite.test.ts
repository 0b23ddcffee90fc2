import { describe, expect, it } from 'vitest';
import { firstNotFinite } from '../../src/checkpoint/firstNotFinite.ts';

describe('the first number that is not finite', () => {
  it('is none among the largest, the smallest and zeros', () => {
    expect(firstNotFinite(Float32Array.of(3.4028235e38, -3.4028235e38, 1e-45, -1e-45, 0, -0, 1, -1, 2))).toBe(-1);
    expect(firstNotFinite(new Float32Array(0))).toBe(-1);
  });

  it.each([NaN, Infinity, -Infinity])('is %d wherever it stands', (value) => {
    for (const length of [1, 7, 8, 9, 17, 16_384, 16_390, 40_000]) {
      for (const at of [0, 1, 7, 8, length >> 1, 16_383, 16_384, length - 1]) {
        if (at >= length) continue;
        const values = new Float32Array(length + 3).fill(-1.5).subarray(3);
        values.fill(value, at);
        expect(firstNotFinite(values)).toBe(at);
      }
    }
  });

  it('is also a NaN with other bits', () => {
    const values = new Float32Array(9);
    for (const bits of [0x7f800001, 0xffffffff, 0x7fffffff, 0xff800001]) {
      new Uint32Array(values.buffer)[4] = bits;
      expect(firstNotFinite(values)).toBe(4);
    }
  });
});
