import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dequantize8, quantize8 } from '../../src/adapters/storage/codec/blockwise8.ts';
import { packMatrix, unpackMatrix } from '../../src/adapters/storage/codec/packedMatrix.ts';
import { dequantizeRows, quantizeRows } from '../../src/adapters/storage/codec/rowwise8.ts';
import { writeSafetensors } from '../../src/checkpoint/writeSafetensors.ts';
import { writeRaw } from '../checkpoint/rawSafetensors.ts';
import { compareQuantization } from '../../src/parity/quantizationCase.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'adapterlab-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A case as bitsandbytes would write it, with some of its tensors replaced. */
function compared(
  input: Float32Array,
  change: (key: string, data: Float32Array | Uint8Array) => typeof data,
): {
  [what: string]: number;
} {
  const shape: [number, number] = [1, input.length];
  const plain = packMatrix(input, shape, { kind: 'nf4', blockSize: 64, double: false });
  const nested = packMatrix(input, shape, { kind: 'nf4', blockSize: 64, double: true });
  if (!('absmax' in plain) || !('double' in nested)) throw new Error('unreachable');
  const tensors = {
    codes: plain.codes,
    absmax: plain.absmax,
    dequantised: unpackMatrix(plain),
    'double.absmaxCodes': nested.double.codes,
    'double.nestedAbsmax': nested.double.nestedAbsmax,
    'double.offset': Float32Array.of(nested.double.offset),
    'double.dequantised': unpackMatrix(nested),
  };
  const stored = Object.entries(tensors).map(([key, data]) => {
    const changed = change(key, data);
    return [`nf4.64.${key}`, { shape: [changed.length], data: changed }] as const;
  });
  const file = path.join(folder, 'x.safetensors');
  writeSafetensors(file, new Map([['input', { shape: [input.length], data: input }], ...stored]));
  const deviations = compareQuantization(file, null);
  return Object.fromEntries(Object.entries(deviations).map(([what, { value }]) => [what, value]));
}

const normal = Float32Array.from({ length: 200 }, (_, i) => Math.sin(i * i) * (1 + i));

describe('scales in 8 bits', () => {
  const otherCodes = (key: string, data: Float32Array | Uint8Array): typeof data =>
    key === 'double.absmaxCodes' ? data.map((code) => code ^ 1) : data;

  test('are compared code by code', () => {
    expect(compared(normal, (_, data) => data)['nf4.double.absmaxCodes']).toBe(0);
    expect(compared(normal, otherCodes)['nf4.double.absmaxCodes']).toBe(4);
  });

  test('have no codes worth comparing where all scales are alike, nor a scale of their own', () => {
    const empty = new Float32Array(200);
    const asRecorded = (key: string, data: Float32Array | Uint8Array): typeof data =>
      key === 'double.nestedAbsmax' ? data.map(() => 8e-39) : otherCodes(key, data);
    expect(Object.values(compared(empty, asRecorded)).every((value) => value === 0)).toBe(true);
  });
});

describe('restored numbers', () => {
  test('are compared to the bit', () => {
    const off = compared(normal, (key, data) => (key === 'dequantised' ? data.map((x) => x * (1 + 2 ** -23)) : data));
    expect(off['nf4.dequantised']).toBeGreaterThan(0);
    expect(off['nf4.double.dequantised']).toBe(0);
  });
});

describe('every format', () => {
  const input = normal.map((x, i) => (i % 9 ? x / 7 : 0));
  const rows = quantizeRows(input, [10, 20]);
  const blocks = quantize8(input, 256);
  const fp4 = packMatrix(input, [10, 20], { kind: 'fp4', blockSize: 32, double: false });
  if (!('absmax' in fp4)) throw new Error('unreachable');
  const recorded: { readonly [key: string]: Float32Array | Uint8Array | Int8Array } = {
    'int8.codes': rows.codes,
    'int8.rowAbsmax': rows.rowAbsmax,
    'int8.dequantised': dequantizeRows(rows),
    'dynamic8.256.codes': blocks.codes,
    'dynamic8.256.absmax': blocks.absmax,
    'dynamic8.256.dequantised': dequantize8(blocks, 256),
    'fp4.32.codes': fp4.codes,
    'fp4.32.absmax': fp4.absmax,
    'fp4.32.dequantised': unpackMatrix(fp4),
  };
  const beyond = (changes: typeof recorded, shape = [10, 20]): string[] => {
    const dtypes = new Map<unknown, string>([
      [Float32Array, 'F32'],
      [Int8Array, 'I8'],
      [Uint8Array, 'U8'],
    ]);
    const all = { input, ...recorded, ...changes };
    const header: { [key: string]: object } = {};
    let at = 0;
    for (const [key, data] of Object.entries(all)) {
      const offsets = [at, (at += data.byteLength)];
      header[key] = {
        dtype: dtypes.get(data.constructor),
        shape: key === 'input' ? shape : [data.length],
        data_offsets: offsets,
      };
    }
    const file = path.join(folder, 'y.safetensors');
    const bytes = Object.values(all).map(({ buffer }) => Buffer.from(buffer));
    writeRaw(file, header, Buffer.concat(bytes));
    const deviations = Object.entries(compareQuantization(file, null));
    expect(deviations).toHaveLength(9);
    return deviations.filter(([, { value }]) => value > 0).map(([what]) => what);
  };

  test('is compared, and holds', () => {
    expect(beyond({})).toEqual([]);
  });

  test.each(Object.keys(recorded))('is seen to be off in %s', (key) => {
    const changed = recorded[key].map((value, i) => (i === 5 % recorded[key].length ? value + 1 : value));
    expect(beyond({ [key]: changed })).toEqual([key.replace(/\.\d+/, '')]);
  });

  test("takes FP4's two zeros for the same, but not in one nibble for another code", () => {
    const at = fp4.codes.findIndex((byte) => (byte & 15) === 0);
    expect(at).toBeGreaterThanOrEqual(0);
    expect(beyond({ 'fp4.32.codes': fp4.codes.with(at, fp4.codes[at] | 8) })).toEqual([]);
    expect(beyond({ 'fp4.32.codes': fp4.codes.with(at, fp4.codes[at] | 1) })).toEqual(['fp4.codes']);
  });

  test('int8 needs rows, codes need bytes', () => {
    expect(() => beyond({}, [200])).toThrow(/int8 has a scale a row, but input has the shape \[200\]/);
    expect(() => beyond({ 'int8.codes': input })).toThrow(/int8\.codes is F32, expected I8/);
  });
});
