import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openSafetensors } from '../../src/checkpoint/safetensors.ts';
import { writeSafetensors, type TensorToWrite } from '../../src/checkpoint/writeSafetensors.ts';
import { describeWithShared, shared } from '../shared.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'write-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = path.join(folder, 'made', 'x.safetensors');
/** sha256 of what `save_file` of safetensors 0.8.0 for Python wrote. */
const official = 'afabe9a66d371aea01842c73cb024e6c89e45578a2d4d6eadf1c4b3d5d293883';

describe('writing safetensors', () => {
  it('writes the bytes that the library (safetensors 0.8.0 for Python) writes', () => {
    const tensors: Record<string, TensorToWrite> = {
      b: { shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) },
      a: { shape: [3], data: Uint8Array.of(1, 2, 3) },
      i: { shape: [1], data: Int32Array.of(7) },
      é: { shape: [0, 4], data: new Float32Array() },
      '\uffee': { shape: [1], data: Uint8Array.of(0) },
      '\u{1f600}': { shape: [1], data: Uint8Array.of(0) },
      '7': { shape: [], data: Float32Array.of(3) },
    };
    writeSafetensors(file, tensors, { format: 'pt' });
    expect(createHash('sha256').update(readFileSync(file)).digest('hex')).toBe(official);
    writeSafetensors(file, new Map(Object.entries(tensors).toReversed()), { format: 'pt' });
    expect(createHash('sha256').update(readFileSync(file)).digest('hex')).toBe(official);
    expect(readdirSync(path.dirname(file))).toEqual(['x.safetensors']);
  });

  it('is read back as it was, from views into larger arrays too', () => {
    const data = Float32Array.of(9, 1.5, -0, NaN, 3e38, 9).subarray(1, 5);
    writeSafetensors(file, { x: { shape: [2, 2], data } }, { b: '2', a: 'é"\n' });
    const opened = openSafetensors(file);
    expect(opened.metadata).toEqual({ a: 'é"\n', b: '2' });
    expect(Object.keys(opened.metadata)).toEqual(['a', 'b']);
    expect(opened.read('x')).toEqual({ shape: [2, 2], data });
    expect(opened.tensors.get('x')!.position % 8).toBe(0);
    opened.close();
  });

  it('writes a file without tensors', () => {
    writeSafetensors(file, {});
    expect(readFileSync(file).toString('latin1')).toBe('\x08\0\0\0\0\0\0\0{}      ');
    openSafetensors(file).close();
  });

  it.each<[string, number[]]>([
    ['too small', [3]],
    ['too large', [5]],
    ['negative', [-2, -2]],
    ['fractional', [0.5, 8]],
  ])('refuses a shape that is %s and leaves the old file', (_, shape) => {
    writeSafetensors(file, {});
    expect(() => writeSafetensors(file, { w: { shape, data: new Float32Array(4) } })).toThrow(
      /x\.safetensors: tensor w: shape .* found 4/,
    );
    expect(() => writeSafetensors(file, { __metadata__: { shape: [], data: new Float32Array(1) } })).toThrow(
      /cannot be named/,
    );
    expect(readFileSync(file).length).toBe(16);
  });

  it('leaves nothing behind when the file cannot be put in place', () => {
    const occupied = path.join(folder, 'occupied');
    mkdirSync(path.join(occupied, 'x.safetensors', 'full'), { recursive: true });
    expect(() => writeSafetensors(path.join(occupied, 'x.safetensors'), {})).toThrow();
    expect(readdirSync(occupied)).toEqual(['x.safetensors']);
  });
});

describeWithShared('shared files', () => {
  it.each(['models/stories260K-hf/model.safetensors', 'fixtures/quantization/normal-65.safetensors'])(
    '%s is written back byte for byte',
    (name) => {
      const opened = openSafetensors(shared(name));
      const tensors = new Map([...opened.tensors.keys()].map((key) => [key, opened.readRaw(key) as TensorToWrite]));
      writeSafetensors(file, tensors, opened.metadata);
      opened.close();
      expect(readFileSync(file).equals(readFileSync(shared(name)))).toBe(true);
    },
  );
});

describe('tensors that are made when they are written', () => {
  const numbers = Float32Array.of(1, 2, 3, 4);

  it('give the same bytes, each made once, after the one before it was written', () => {
    writeSafetensors(file, { b: { shape: [2, 2], data: numbers }, a: { shape: [4], data: numbers.map((x) => -x) } });
    const whole = readFileSync(file);
    const room = new Float32Array(4);
    const asked: string[] = [];
    const made = (name: string, sign: number): { shape: number[]; make(): Float32Array } => ({
      shape: name === 'a' ? [4] : [2, 2],
      make: () => {
        asked.push(name);
        numbers.forEach((value, i) => (room[i] = sign * value));
        return room;
      },
    });
    writeSafetensors(file, { b: made('b', 1), a: made('a', -1) });
    expect(readFileSync(file).equals(whole)).toBe(true);
    expect(asked).toEqual(['a', 'b']);
  });

  it('of another length, or that throw, leave the file as it was', () => {
    writeSafetensors(file, { a: { shape: [4], data: numbers } });
    const before = readFileSync(file);
    const make = (): Float32Array => numbers;
    expect(() => writeSafetensors(file, { a: { shape: [3], make } })).toThrow(
      /tensor a: shape \[3\] holds 3 numbers, found 4/,
    );
    const failing = (): never => {
      throw new Error('the engine is gone');
    };
    expect(() => writeSafetensors(file, { a: { shape: [4], make }, b: { shape: [4], make: failing } })).toThrow(
      'the engine is gone',
    );
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(path.dirname(file))).toEqual(['x.safetensors']);
  });
});
