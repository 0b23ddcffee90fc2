import { describe, expect, it } from 'vitest';
import { dequantizeRows, quantizeRows } from '../../../../src/adapters/storage/codec/rowwise8.ts';
import { RequestError } from '../../../../src/errors.ts';

const { fround } = Math;
const codes = (rows: number[][]): number[] => [
  ...quantizeRows(Float32Array.from(rows.flat()), [rows.length, rows[0].length]).codes,
];

describe('int8 by rows', () => {
  it('scales each row by its own largest magnitude', () => {
    const { codes, rowAbsmax } = quantizeRows(Float32Array.of(127, -64, 1, -2), [2, 2]);
    expect([...codes]).toEqual([127, -64, 64, -127]);
    expect([...rowAbsmax]).toEqual([127, 2]);
  });

  it('rounds half to even', () => {
    expect(codes([[127, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5]])).toEqual([127, 0, 2, 2, 0, -2, -2]);
  });

  it('multiplies with 127 times the inverse, each rounded to float32: one division would round to the other side', () => {
    expect(codes([[6.3125, 5.39296293258667]])).toEqual([127, 108]);
    expect(Math.round(fround(5.39296293258667 * fround(127 / 6.3125)))).toBe(109);
  });

  it('keeps rows of zeros, and those too small to scale', () => {
    expect(
      codes([
        [0, 0],
        [1e-38, -1e-38],
      ]),
    ).toEqual([0, 0, 0, 0]);
    expect(codes([[1e-36, -4e-37]])).toEqual([127, -51]);
  });

  it('restores code · absmax / 127', () => {
    const quantized = { codes: Int8Array.of(127, -64, 3, 1), rowAbsmax: Float32Array.of(0.3, 7) };
    const share = fround(1 / 127);
    const wanted = [fround(127 * fround(0.3)), fround(-64 * fround(0.3)), 21, 7].map((x) => fround(x * share));
    expect([...dequantizeRows(quantized)]).toEqual(wanted);
  });

  it('rounds to float32 after each of the two products', () => {
    const [value] = dequantizeRows({ codes: Int8Array.of(5), rowAbsmax: Float32Array.of(0.3) });
    expect(value).toBe(0.011811023578047752);
    expect(fround(5 * fround(0.3) * fround(1 / 127))).not.toBe(value);
  });

  it('refuses NaN', () => {
    expect(() => quantizeRows(Float32Array.of(1, NaN), [1, 2])).toThrow(RequestError);
  });
});
