/** The loops over four numbers at a time say what the plain ones do, to the bit. */
import { describe, expect, it } from 'vitest';
import { dequantize4, quantize4 } from '../../../../src/adapters/storage/codec/blockwise.ts';
import { dequantize8, lendBlocks8, quantize8 } from '../../../../src/adapters/storage/codec/blockwise8.ts';
import { FP4, NF4 } from '../../../../src/adapters/storage/codec/codes.ts';
import { BLOCK_SIZES } from '../../../../src/adapters/storage/codec/packedMatrix.ts';
import { dequantizeRows, lendRows, quantizeRows } from '../../../../src/adapters/storage/codec/rowwise8.ts';
import { simdDequantize4, simdQuantize4 } from '../../../../src/adapters/storage/codec/simd/fourBit.ts';
import { available } from '../../../../src/adapters/storage/codec/simd/workspace.ts';
import { RequestError } from '../../../../src/errors.ts';
import { seededNormal, seededRandom } from './seededRandom.ts';

const { fround } = Math;

describe.each([
  ['NF4', NF4],
  ['FP4', FP4],
])('four numbers at a time: %s', (_name, table) => {
  const expectEqual = (x: Float32Array, blockSize: number): void => {
    const plain = quantize4(x, table, blockSize);
    const { codes, absmax } = simdQuantize4(x, table, blockSize);
    expect(firstDifference(codes, plain.codes)).toBe(-1);
    expect(firstDifference(absmax, plain.absmax)).toBe(-1);
    const back = simdDequantize4(plain, table, blockSize, x.length);
    expect(firstDifference(back, dequantize4(plain, table, blockSize, x.length))).toBe(-1);
  };

  it('runs here', () => expect(available()).toBe(true));

  it('is equal in blocks of all sizes, whole and short, of an even and an odd number (100 random cases)', () => {
    const random = seededRandom(3);
    for (let seed = 0; seed < 100; seed++) {
      const blockSize = BLOCK_SIZES[Math.floor(random() * BLOCK_SIZES.length)];
      const blocks = random() < 0.5 ? Math.ceil(3 * random()) : 3 * random();
      const scale = 10 ** Math.floor(random() * 60 - 40);
      const x = seededNormal(seed, Math.ceil(blocks * blockSize)).map((value) => value * scale);
      expectEqual(x, blockSize);
    }
  });

  it.each([1, 131071, 131072, 131073, 300007])('is equal for %d numbers', (length) => {
    expectEqual(seededNormal(length, length), 64);
    expectEqual(seededNormal(length, length), 4096);
  });

  it('is equal at and beside every midpoint', () => {
    const beside = [...table.midpoints].flatMap((middle) => [middle, ...neighbours(middle)]);
    const x = new Float32Array(64 * Math.ceil(beside.length / 63));
    beside.forEach((value, i) => (x[i + Math.floor(i / 63)] = value));
    for (let block = 0; block < x.length; block += 64) x[block + 63] = 1;
    expectEqual(x, 64);
  });

  it('is equal for zeros and for the smallest and largest magnitudes', () => {
    expectEqual(new Float32Array(130), 64);
    const extremes = [3.4028234e38, -3.4028234e38, 1e-45, -1e-45, 1e-38, -1e-38, 1.17e-38, -0].map(fround);
    for (const one of extremes) for (const other of extremes) expectEqual(blockOf(one, other), 32);
  });

  it.each([NaN, -NaN, Infinity, -Infinity])('refuses %d, wherever it is', (value) => {
    for (const position of [0, 64, 70, 127, 150_000, 150_020]) {
      const x = seededNormal(1, 150_021);
      x[position] = value;
      const first = position - (position % 64);
      const range = `numbers ${first} to ${Math.min(first + 63, 150_020)} hold a NaN or infinity`;
      for (const quantize of [quantize4, simdQuantize4]) {
        expect(() => quantize(x, table, 64)).toThrow(RequestError);
        expect(() => quantize(x, table, 64)).toThrow(range);
      }
    }
  });
});

describe('four numbers at a time: 8 bits', () => {
  const x = seededNormal(5, 12 * 700);

  it.each([4, 256, 700, 30, 7])('restores blocks and rows of %d', (size) => {
    const blocks = quantize8(x.subarray(0, 2000), size);
    expect(firstDifference(lendBlocks8(blocks, size), dequantize8(blocks, size))).toBe(-1);
    const rows = quantizeRows(x.subarray(0, 12 * size), [12, size]);
    expect(firstDifference(lendRows(rows), dequantizeRows(rows))).toBe(-1);
  });

  it('knows all codes', () => {
    const codes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const absmax = Float32Array.of(0.3);
    expect(firstDifference(lendBlocks8({ codes, absmax }, 256), dequantize8({ codes, absmax }, 256))).toBe(-1);
    const rows = { codes: new Int8Array(codes.buffer), rowAbsmax: absmax };
    expect(firstDifference(lendRows(rows), dequantizeRows(rows))).toBe(-1);
  });
});

/** Where the bits differ; -1 if nowhere. */
function firstDifference(a: Float32Array | Uint8Array, b: Float32Array | Uint8Array): number {
  if (a.length !== b.length) return Math.min(a.length, b.length);
  return a.findIndex((value, i) => !Object.is(value, b[i]));
}

/** The next float32 numbers below and above. */
function neighbours(value: number): number[] {
  const bits = new Int32Array(Float32Array.of(value).buffer)[0];
  return [...new Float32Array(Int32Array.of(bits - 1, bits + 1).buffer)].filter(Number.isFinite);
}

const blockOf = (...numbers: number[]): Float32Array =>
  Float32Array.from({ length: 96 }, (_, i) => numbers[(i * 7) % 5] ?? 0);
