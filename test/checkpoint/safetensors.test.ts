import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openSafetensors } from '../../src/checkpoint/safetensors.ts';
import { RequestError } from '../../src/errors.ts';
import { describeWithShared, shared } from '../shared.ts';
import { writeRaw } from './rawSafetensors.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'safetensors-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = path.join(folder, 'x.safetensors');

const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

describe('reading', () => {
  it('lists tensors and metadata from the header', () => {
    const header = {
      __metadata__: { format: 'pt' },
      b: { dtype: 'F32', shape: [2, 1], data_offsets: [4, 12] },
      a: { dtype: 'U8', shape: [4], data_offsets: [0, 4] },
    };
    const opened = openSafetensors(writeRaw(file, header, [1, 2, 3, 4, ...floats(1.5, -2)]));
    expect(opened.metadata).toEqual({ format: 'pt' });
    expect([...opened.tensors.keys()].sort()).toEqual(['a', 'b']);
    expect(opened.tensors.get('b')).toMatchObject({ name: 'b', dtype: 'F32', shape: [2, 1], bytes: 8 });
    expect(opened.read('b')).toEqual({ shape: [2, 1], data: Float32Array.of(1.5, -2) });
    expect(opened.readRaw('a')).toEqual({ dtype: 'U8', shape: [4], data: Uint8Array.of(1, 2, 3, 4) });
    opened.close();
  });

  it.each([
    [
      'F16',
      [0x0000, 0x8000, 0x3c00, 0xc000, 0x0001, 0x03ff, 0x0400, 0x7bff, 0x3555],
      [0, -0, 1, -2, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, 65504, 0.333251953125],
    ],
    ['F16', [0x7c00, 0xfc00, 0x7e00], [Infinity, -Infinity, NaN]],
    [
      'BF16',
      [0x0000, 0x8000, 0x3f80, 0xc000, 0x0001, 0x7f7f, 0x7f80, 0x7fc0],
      [0, -0, 1, -2, 2 ** -133, 3.3895313892515355e38, Infinity, NaN],
    ],
  ])('widens %s %#', (dtype, bits, expected) => {
    const header = { x: { dtype, shape: [bits.length], data_offsets: [0, 2 * bits.length] } };
    const opened = openSafetensors(writeRaw(file, header, new Uint8Array(Uint16Array.from(bits).buffer)));
    expect(opened.read('x').data).toEqual(Float32Array.from(expected));
    expect(opened.readRaw('x').data).toEqual(Uint16Array.from(bits));
    opened.close();
  });

  it('rounds F64 to float32 and keeps integers whole', () => {
    const data = new Uint8Array([
      ...new Uint8Array(Float64Array.of(1 / 3, 1e300).buffer),
      ...new Uint8Array(BigInt64Array.of(-1n, 2n ** 60n).buffer),
    ]);
    const header = {
      d: { dtype: 'F64', shape: [2], data_offsets: [0, 16] },
      i: { dtype: 'I64', shape: [2], data_offsets: [16, 32] },
    };
    const opened = openSafetensors(writeRaw(file, header, data));
    expect(opened.read('d').data).toEqual(Float32Array.of(Math.fround(1 / 3), Infinity));
    expect(opened.readRaw('i').data).toEqual(BigInt64Array.of(-1n, 2n ** 60n));
    expect(() => opened.read('i')).toThrow(/tensor i is I64, expected a floating-point type/);
    opened.close();
  });

  it('reads scalars, empty tensors, and tensors that stand at odd positions', () => {
    const header = {
      o: { dtype: 'BOOL', shape: [1], data_offsets: [0, 1] },
      s: { dtype: 'F32', shape: [], data_offsets: [1, 5] },
      e: { dtype: 'F16', shape: [0, 7], data_offsets: [5, 5] },
      h: { dtype: 'BF16', shape: [1], data_offsets: [5, 7] },
    };
    const opened = openSafetensors(writeRaw(file, header, [1, ...floats(7), 0x80, 0x3f]));
    expect(opened.read('s')).toEqual({ shape: [], data: Float32Array.of(7) });
    expect(opened.read('e')).toEqual({ shape: [0, 7], data: new Float32Array() });
    expect(opened.read('h').data).toEqual(Float32Array.of(1));
    opened.close();
  });

  it.each(['BF16', 'F16'])('widens every %s of sixteen bits alike, however many there are', (dtype) => {
    const widened = (bits: Uint16Array): Float32Array => {
      const header = { x: { dtype, shape: [bits.length], data_offsets: [0, bits.byteLength] } };
      const opened = openSafetensors(writeRaw(file, header, new Uint8Array(bits.buffer)));
      const { data } = opened.read('x');
      opened.close();
      return data;
    };
    const all = Uint16Array.from({ length: 65_536 }, (_, i) => i);
    const expected = widened(all);
    const bf16 = new Float32Array(Uint32Array.from(all, (bits) => bits << 16).buffer);
    if (dtype === 'BF16') expect(expected).toEqual(bf16);
    for (let length = 0; length < 20; length++)
      expect(widened(all.slice(16_000, 16_000 + length))).toEqual(expected.slice(16_000, 16_000 + length));
  });

  it('reads a tensor longer than one piece', () => {
    const bits = Uint16Array.from({ length: 1_300_001 }, (_, i) => i % 0x7c00);
    const header = { x: { dtype: 'BF16', shape: [bits.length], data_offsets: [0, bits.byteLength] } };
    const opened = openSafetensors(writeRaw(file, header, new Uint8Array(bits.buffer)));
    const read = new Uint32Array(opened.read('x').data.buffer);
    expect(read.length).toBe(bits.length);
    expect(read.every((value, i) => value === bits[i] << 16)).toBe(true);
    expect(Buffer.concat([...opened.pieces('x')].map((piece) => Buffer.from(piece))).length).toBe(bits.byteLength);
    opened.close();
  });

  it('reads a tensor of any name', () => {
    const names = ['__proto__', 'constructor', 'a "quoted" \\ name: {', 'é'];
    const header = names
      .map((name, i) => `${JSON.stringify(name)}:{"dtype":"U8","shape":[1],"data_offsets":[${i},${i + 1}]}`)
      .join(' , ');
    const opened = openSafetensors(writeRaw(file, `{${header}}   `, [1, 2, 3, 4]));
    expect(names.map((name) => opened.readRaw(name).data[0])).toEqual([1, 2, 3, 4]);
    opened.close();
  });

  it('says so when asked for a tensor that is not there, or after closing', () => {
    const header = {
      weight: { dtype: 'U8', shape: [1], data_offsets: [0, 1] },
      bias: { dtype: 'U8', shape: [1], data_offsets: [1, 2] },
    };
    const opened = openSafetensors(writeRaw(file, header, [1, 2]));
    expect(() => opened.read('wieght')).toThrow(/x\.safetensors: no tensor "wieght"; closest: weight/);
    opened.close();
    opened.close();
    expect(() => opened.readRaw('weight')).toThrow(/closed/);
  });
});

describe('refuses', () => {
  const u8 = (begin: number, end: number): object => ({
    dtype: 'U8',
    shape: [end - begin],
    data_offsets: [begin, end],
  });
  const entry = (change: object): object => ({ w: { dtype: 'U8', shape: [4], data_offsets: [0, 4], ...change } });

  it.each<[string, unknown, RegExp]>([
    ['JSON that is none', '{"w": ', /header is not JSON/],
    ['a header that is a list', [], /must be a JSON object, found \[\]/],
    ['a header that is null', 'null', /must be a JSON object, found null/],
    [
      'a tensor twice',
      '{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"\\u0077":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}',
      /key "w" twice/,
    ],
    ['a field twice', '{"w":{"dtype":"U8","shape":[4],"shape":[4],"data_offsets":[0,4]}}', /key "shape" twice/],
    ['metadata that is none', { __metadata__: 3 }, /__metadata__ must be an object of strings, found 3/],
    ['metadata that is no string', { __metadata__: { step: 3 } }, /__metadata__ "step" must be a string, found 3/],
    [
      'a tensor that is no object',
      { w: 3 },
      /tensor "w": expected an object with dtype, shape and data_offsets, found 3/,
    ],
    ['an unknown dtype', entry({ dtype: 'Q4' }), /tensor "w": unknown dtype "Q4"; known: BOOL, U8/],
    ['a dtype named like an inherited property', entry({ dtype: 'toString' }), /unknown dtype "toString"/],
    ['no dtype', entry({ dtype: undefined }), /unknown dtype nothing/],
    ['no shape', entry({ shape: undefined }), /shape must be .* found nothing/],
    ['a shape of fractions', entry({ shape: [0.5, 8] }), /shape must be .* found \[0.5,8\]/],
    ['a negative shape', entry({ shape: [-2, -2] }), /shape must be .* found \[-2,-2\]/],
    ['a shape of strings', entry({ shape: ['4'] }), /shape must be/],
    ['dimensions beyond exact numbers', '{"w":{"dtype":"U8","shape":[1e300,0],"data_offsets":[0,0]}}', /shape must be/],
    [
      'a shape whose product overflows',
      entry({ shape: [2 ** 50, 2 ** 50] }),
      /takes 1.26\S+ bytes, but data_offsets \[0,4\] hold 4/,
    ],
    ['one offset', entry({ data_offsets: [0] }), /data_offsets must be two/],
    ['negative offsets', entry({ data_offsets: [-4, 0] }), /data_offsets must be two .* found \[-4,0\]/],
    ['offsets in reverse', entry({ data_offsets: [4, 0] }), /takes 4 bytes, but data_offsets \[4,0\] hold -4/],
    [
      "a size that is not the shape's",
      entry({ shape: [5] }),
      /tensor "w": U8 of shape \[5\] takes 5 bytes, but data_offsets \[0,4\] hold 4/,
    ],
    ["a size that is not the dtype's", entry({ dtype: 'F32' }), /F32 of shape \[4\] takes 16 bytes, .* hold 4/],
    [
      'overlapping tensors',
      { a: u8(0, 3), b: u8(2, 4) },
      /tensor "b" overlaps .* expected to begin at offset 3, found 2/,
    ],
    ['two tensors in one place', { a: u8(0, 4), b: u8(0, 4) }, /overlaps/],
    ['a hole', { a: u8(0, 1), b: u8(2, 4) }, /tensor "b" leaves a hole .* offset 1, found 2/],
    ['a hole in front', { a: u8(1, 4) }, /tensor "a" leaves a hole .* offset 0, found 1/],
    ['tensors beyond the end', { a: u8(0, 9) }, /cut off .*tensors take 9 bytes, found 4 behind the header/],
    [
      'bytes behind the last tensor',
      { a: u8(0, 3) },
      /bytes behind the last tensor: the tensors take 3 bytes, found 4/,
    ],
  ])('%s', (_, header, message) => {
    writeRaw(file, header, [1, 2, 3, 4]);
    expect(() => openSafetensors(file)).toThrow(RequestError);
    expect(() => openSafetensors(file)).toThrow(message);
    expect(() => openSafetensors(file)).toThrow(file);
  });

  it.each([101_000_000, 2 ** 40, 2 ** 62, 40, 3])('a header length of %d', (length) => {
    writeRaw(file, '{}', [], length);
    expect(() => openSafetensors(file)).toThrow(
      new RegExp(`expected a header of at most 2 bytes, found a length of ${length}`),
    );
  });

  it('a header above the limit of the format, in a file that is long enough', () => {
    truncateSync(writeRaw(file, '{}', [], 100_000_001), 100_000_100);
    expect(() => openSafetensors(file)).toThrow(
      /expected a header of at most 100000000 bytes, found a length of 100000001/,
    );
  });

  it('a header that is not UTF-8', () => {
    writeFileSync(file, Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe));
    expect(() => openSafetensors(file)).toThrow(/not UTF-8/);
  });

  it('files that are short, missing, a folder or a Git LFS pointer', () => {
    writeFileSync(file, '');
    expect(() => openSafetensors(file)).toThrow(/at least 8 bytes .* found 0/);
    writeFileSync(file, 'version https://git-lfs.github.com/spec/v1\n');
    expect(() => openSafetensors(file)).toThrow(/Git LFS pointer/);
    expect(() => openSafetensors(path.join(folder, 'none'))).toThrow(/none: cannot be opened: ENOENT/);
    expect(() => openSafetensors(folder)).toThrow(/found a folder/);
  });

  it('a file that shrinks while it is open', () => {
    const opened = openSafetensors(writeRaw(file, { w: u8(0, 4) }, [1, 2, 3, 4]));
    truncateSync(file, opened.tensors.get('w')!.position + 1);
    expect(() => opened.readRaw('w')).toThrow(/cut off inside tensor w: expected 4 bytes, found 1/);
    opened.close();
  });
});

describeWithShared('shared files', () => {
  it('reads a published model', () => {
    const opened = openSafetensors(shared('models/stories260K-hf/model.safetensors'));
    let numbers = 0;
    for (const name of opened.tensors.keys()) numbers += opened.read(name).data.length;
    expect(numbers).toBe(260_032);
    opened.close();
  });
});
