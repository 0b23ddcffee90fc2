import { describe, expect, it } from 'vitest';
import { dequantize4, quantize4 } from '../../../../src/adapters/storage/codec/blockwise.ts';
import { FP4, NF4, type CodeTable } from '../../../../src/adapters/storage/codec/codes.ts';
import { seededNormal, seededRandom } from './seededRandom.ts';

const { fround } = Math;

/** The rule as it is said: the nearest value, the smaller of two that are equally near. Returns one code per number. */
function nearestByHand(x: Float32Array, { values }: CodeTable, blockSize: number): number[] {
  return Array.from(x, (number, i) => {
    const start = i - (i % blockSize);
    const absmax = Math.max(...x.subarray(start, start + blockSize).map(Math.abs), fround(1e-38));
    const scaled = start + blockSize > x.length ? fround(number / absmax) : fround(number * fround(1 / absmax));
    const distance = (code: number): number => Math.abs(values[code] - scaled);
    const order = [...values.keys()].sort((a, b) => distance(a) - distance(b) || values[a] - values[b]);
    return order[0];
  });
}

const unpacked = (codes: Uint8Array, length: number): number[] =>
  [...codes].flatMap((byte) => [byte >> 4, byte & 15]).slice(0, length);

describe('block quantization in 4 bits', () => {
  const x = Float32Array.of(-1, -0.5, 0, 0.5, 1, 0.25, -0.25, 0.1);

  it('gives the NF4 bytes and values of bitsandbytes', () => {
    const packed = quantize4(x, NF4, 64);
    expect([...packed.codes]).toEqual([2, 124, 250, 72]);
    expect([...packed.absmax]).toEqual([1]);
    const expected = [
      -1, -0.5250730514526367, 0, 0.44070982933044434, 1, 0.24611230194568634, -0.28444138169288635,
      0.07958029955625534,
    ];
    expect([...dequantize4(packed, NF4, 64, 8)]).toEqual(expected);
  });

  it('gives the FP4 codes of bitsandbytes', () => {
    expect(unpacked(quantize4(x, FP4, 64).codes, 8)).toEqual([11, 13, 0, 5, 3, 7, 15, 6]);
  });

  it('scales each block by its own largest magnitude, also a short last one', () => {
    const { codes, absmax } = quantize4(Float32Array.of(8, -4, 0.5, -1, 3), NF4, 2);
    expect([...absmax]).toEqual([8, 1, 3]);
    expect([...codes]).toEqual([0xf2, 0xc0, 0xf7]);
    expect([...dequantize4({ codes, absmax }, NF4, 2, 5)]).toEqual([
      8,
      -0.5250730514526367 * 8,
      0.44070982933044434,
      -1,
      3,
    ]);
  });

  it.each([
    ['product', 2.4367852210998535, 0.4959375858306885, 9],
    ['product', 2.1368408203125, 1.840842366218567, 14],
    ['inverse', 7.485710144042969, 4.811716556549072, 14],
    ['inverse', 6.121192932128906, 1.2457928657531738, 10],
  ])('rounds the %s to float32 (next to a midpoint, %#)', (_, absmax, number, code) => {
    expect(quantize4(Float32Array.of(absmax, number), NF4, 2).codes[0] & 15).toBe(code);
  });

  it('keeps zeros zero', () => {
    for (const table of [NF4, FP4]) {
      const packed = quantize4(new Float32Array(65), table, 64);
      expect([...packed.absmax]).toEqual([0, fround(1e-38)]); // the second is short
      expect([...packed.codes]).toEqual(Array(33).fill(17 * table.values.indexOf(0)));
      expect([...dequantize4(packed, table, 64, 65)]).toEqual(Array(65).fill(0));
    }
  });

  it.each([
    ['whole', [3.529369831085205, -2.155149221420288], 2],
    ['short', [3.529369831085205, -2.155149221420288], 1],
  ])('multiplies with the inverse in a whole block, divides in a short one: %s', (which, numbers, code) => {
    const x = which === 'whole' ? numbers : [0, 0, 0, 0, ...numbers];
    const { codes } = quantize4(Float32Array.from(x), NF4, which === 'whole' ? 2 : 4);
    expect(codes[codes.length - 1] & 15).toBe(code);
  });

  it('takes the smallest and largest magnitudes', () => {
    const extremes = Float32Array.of(3.4e38, -3.4e38, 1e-45, -1e-45, 1e-38, -1e-38);
    const packed = quantize4(extremes, NF4, 2);
    expect([...packed.absmax]).toEqual([3.4e38, 1e-45, 1e-38].map(fround));
    expect([...packed.codes]).toEqual([0xf0, 0x77, 0xf0]);
  });

  it.each([NaN, Infinity, -Infinity])('refuses %d, wherever it is', (value) => {
    for (const position of [64, 70, 127]) {
      const numbers = seededNormal(1, 200);
      numbers[position] = value;
      expect(() => quantize4(numbers, NF4, 64)).toThrow(/numbers 64 to 127 hold a NaN or infinity/);
    }
  });

  it('refuses an output of another length', () => {
    const packed = quantize4(x, NF4, 64);
    for (const length of [7, 9]) {
      expect(() => dequantize4(packed, NF4, 64, 8, new Float32Array(length))).toThrow(
        `room for 8 numbers, found ${length}`,
      );
    }
  });

  it('finds the nearest value for numbers of all kinds (200 random cases)', () => {
    const random = seededRandom(7);
    for (let seed = 0; seed < 200; seed++) {
      const length = 1 + Math.floor(random() * 300);
      const blockSize = 2 ** (1 + Math.floor(random() * 8));
      const scale = 10 ** Math.floor(random() * 40 - 20);
      const numbers = seededNormal(seed, length).map((value) => value * scale * (random() < 0.05 ? 50 : 1));
      const { codes, absmax } = quantize4(numbers, NF4, blockSize);
      const expected = nearestByHand(numbers, NF4, blockSize);
      expect(unpacked(codes, length)).toEqual(expected);
      expect(codes.length).toBe(Math.ceil(length / 2));
      const values = dequantize4({ codes, absmax }, NF4, blockSize, length, new Float32Array(length).fill(NaN));
      expect([...values]).toEqual(
        expected.map((code, i) => fround(NF4.values[code] * absmax[Math.floor(i / blockSize)])),
      );
      // The largest of a block is a value of the table, so that a second time nothing changes.
      expect(quantize4(values, NF4, blockSize)).toEqual({ codes, absmax });
    }
  });

  it.each([
    ['NF4', NF4, 64, 0.092],
    ['FP4', FP4, 64, 0.122],
    ['NF4', NF4, 256, 0.0987],
    ['FP4', FP4, 256, 0.1347],
  ])('%s loses the known part of normal numbers (%#)', (_, table, blockSize, expected) => {
    const numbers = seededNormal(3, 1 << 18);
    const back = dequantize4(quantize4(numbers, table, blockSize), table, blockSize, numbers.length);
    const squares = numbers.reduce((sum, value, i) => sum + (value - back[i]) ** 2, 0);
    expect(Math.sqrt(squares / numbers.length)).toBeCloseTo(expected, 3);
  });
});
