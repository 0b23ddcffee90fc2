import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packMatrix, unpackMatrix } from '../../src/adapters/storage/codec/packedMatrix.ts';
import { writeSafetensors } from '../../src/checkpoint/writeSafetensors.ts';
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
  const deviations = compareQuantization(file, ['nf4']);
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
