import { describe, expect, it } from 'vitest';
import { codeTable, FP4, NF4 } from '../../../../src/adapters/storage/codec/codes.ts';
import { DYNAMIC8 } from '../../../../src/adapters/storage/codec/dynamicMap.ts';
import { integerTable } from '../../../../src/adapters/storage/codec/integerCodes.ts';
import { normalFloatTable } from '../../../../src/adapters/storage/codec/normalFloat.ts';
import { normalQuantile } from '../../../../src/adapters/storage/codec/normalQuantile.ts';
import { openSafetensors } from '../../../../src/checkpoint/safetensors.ts';
import { describeWithShared, shared } from '../../../shared.ts';

describe('code tables', () => {
  it('NF4 decides at the thresholds of the CUDA kernel', () => {
    const thresholds = [
      -0.8480964, -0.6106329, -0.4599953, -0.3396794, -0.2346074, -0.1379117, -0.045525, 0.0397901, 0.1202553,
      0.2035213, 0.2920138, 0.3893125, 0.5016634, 0.6427869, 0.8614784,
    ];
    expect([...NF4.ascending]).toEqual([...Array(16).keys()]);
    NF4.midpoints.forEach((midpoint, i) => expect(midpoint).toBeCloseTo(thresholds[i], 6));
  });

  it('FP4 is not sorted and decides at the thresholds of the CUDA kernel', () => {
    expect(FP4.values.subarray(0, 8)).toEqual(Float32Array.of(0, 1 / 192, 2 / 3, 1, 1 / 3, 0.5, 1 / 6, 0.25));
    expect(FP4.values.subarray(8).map((value) => 0 - value)).toEqual(FP4.values.subarray(0, 8));
    expect([...FP4.ascending]).toEqual([11, 10, 13, 12, 15, 14, 9, 0, 8, 1, 6, 7, 4, 5, 2, 3]);
    const pivots = [0.00260417, 0.0859375, 0.20833333, 0.29166667, 0.41666667, 0.58333333, 0.83333333];
    pivots.forEach((pivot, i) => expect(FP4.midpoints[8 + i]).toBeCloseTo(pivot, 7));
  });

  it('the dynamic map has 256 ascending values, dense near zero', () => {
    const { values, ascending } = DYNAMIC8;
    expect(values.length).toBe(256);
    expect([...ascending]).toEqual([...Array(256).keys()]);
    expect(values.every((value, i) => i === 0 || value > values[i - 1])).toBe(true);
    expect([values[0], values[127], values[255]]).toEqual([Math.fround(-0.99296874), 0, 1]);
    expect(values[128]).toBeCloseTo(5.5e-7, 12);
  });
});

describe('code tables by their rule', () => {
  it('quantiles of the normal distribution', () => {
    // from tables; Q(1 − p) = −Q(p)
    const wanted = { 0.5: 0, 0.75: 0.6744897501960817, 0.975: 1.959963984540054, 0.9999: 3.719016485455709 };
    for (const [p, quantile] of Object.entries(wanted)) {
      expect(normalQuantile(Number(p))).toBeCloseTo(quantile, 11);
      expect(normalQuantile(1 - Number(p))).toBeCloseTo(-quantile, 11);
    }
  });

  it('NormalFloat of 4 bits is NF4, whose values were made in single precision', () => {
    const { values } = normalFloatTable(4);
    values.forEach((value, i) => expect(Math.abs(value - NF4.values[i])).toBeLessThan(2e-7));
    expect([values[0], values[7], values[15]]).toEqual([-1, 0, 1]);
  });

  it('NormalFloat of 3 and 2 bits has an exact zero and one value more above it', () => {
    const wanted = [-1, -0.53502271, -0.24693143, 0, 0.18333748, 0.38199395, 0.62298574, 1];
    normalFloatTable(3).values.forEach((value, i) => expect(value).toBeCloseTo(wanted[i], 7));
    const two = [-1, 0, 0.43581816, 1];
    normalFloatTable(2).values.forEach((value, i) => expect(value).toBeCloseTo(two[i], 7));
  });

  it("integers of 4 bits are bitsandbytes' int4, 7 to −7 with two codes of zero; of 2 bits there are three", () => {
    const { values } = codeTable([7, 6, 5, 4, 3, 2, 1, 0, 0, -1, -2, -3, -4, -5, -6, -7].map((n) => n / 7));
    expect(integerTable(4).values).toEqual(values);
    expect([...integerTable(2).values]).toEqual([1, 0, 0, -1]);
  });
});

describeWithShared('shared code tables', () => {
  it('are equal to the last bit', () => {
    const tables = openSafetensors(shared('fixtures/quantization/tables.safetensors'));
    expect(NF4.values).toEqual(tables.read('nf4').data);
    expect(FP4.values).toEqual(tables.read('fp4').data);
    expect(DYNAMIC8.values).toEqual(tables.read('dynamic8').data);
    tables.close();
  });
});
