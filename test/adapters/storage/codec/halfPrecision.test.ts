import { expect, test } from 'vitest';
import { rounded } from '../../../../src/adapters/storage/codec/halfPrecision.ts';
import { seededNormal } from './seededRandom.ts';

test.each([
  ['float16', 0.1, 0.0999755859375],
  ['float16', 1 + 2 ** -11, 1],
  ['float16', 1 + 3 * 2 ** -11, 1 + 2 ** -9],
  ['float16', 2 ** -24, 2 ** -24],
  ['float16', 2 ** -25, 0],
  ['float16', 1.5 * 2 ** -24, 2 ** -23],
  ['float16', -65504, -65504],
  ['float16', 65519, 65504],
  ['float16', 65520, Infinity],
  ['float16', -1e30, -Infinity],
  ['bfloat16', 0.1, 0.10009765625],
  ['bfloat16', 1 + 2 ** -8, 1],
  ['bfloat16', 1 + 3 * 2 ** -8, 1 + 2 ** -6],
  ['float32', 0.1, Math.fround(0.1)],
] as const)('%s of %f', (type, value, wanted) => {
  const [got] = rounded(Float32Array.of(value), type);
  expect(got).toBe(wanted);
  expect(rounded(Float32Array.of(got), type)[0]).toBe(got);
});

test('the nearest of the numbers of that type, and itself once it is one', () => {
  const values = seededNormal(1, 2000);
  for (const [type, share] of [
    ['float16', 2 ** -11],
    ['bfloat16', 2 ** -8],
  ] as const) {
    const once = rounded(values.slice(), type);
    expect(rounded(once.slice(), type)).toEqual(once);
    values.forEach((value, i) =>
      expect(Math.abs(once[i] - value)).toBeLessThanOrEqual(share * Math.abs(value) + 2 ** -25),
    );
  }
});
