import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dequantizeAbsmax, quantizeAbsmax } from '../../../../src/adapters/storage/codec/doubleQuantization.ts';
import { DYNAMIC8 } from '../../../../src/adapters/storage/codec/dynamicMap.ts';
import { packMatrix, unpackMatrix } from '../../../../src/adapters/storage/codec/packedMatrix.ts';
import { openSafetensors } from '../../../../src/checkpoint/safetensors.ts';
import { RequestError } from '../../../../src/errors.ts';
import { describeWithShared, shared } from '../../../shared.ts';
import { seededNormal } from './seededRandom.ts';

const { fround } = Math;

describe('double quantization', () => {
  it('codes scales minus their mean, in blocks of 256', () => {
    const absmax = seededNormal(2, 600).map(Math.abs);
    const { codes, nestedAbsmax, offset } = quantizeAbsmax(absmax);
    expect(offset).toBe(fround(offset));
    expect(offset).toBeCloseTo(absmax.reduce((sum, value) => sum + value, 0) / 600, 6);
    expect(nestedAbsmax.length).toBe(3);
    const centred = absmax.map((value) => value - offset);
    for (let block = 0; block < 3; block++) {
      expect(nestedAbsmax[block]).toBe(Math.max(...centred.subarray(256 * block, 256 * (block + 1)).map(Math.abs)));
    }
    const back = dequantizeAbsmax({ codes, nestedAbsmax, offset });
    absmax.forEach((value, i) => {
      const nested = nestedAbsmax[Math.floor(i / 256)];
      expect(back[i]).toBe(fround(fround(DYNAMIC8.values[codes[i]] * nested) + offset));
      const nearest = Math.min(...DYNAMIC8.values.map((code) => Math.abs(code * nested + offset - value)));
      expect(Math.abs(back[i] - value)).toBeLessThanOrEqual(nearest + 1e-6);
    });
  });

  it('keeps the scale of a single block', () => {
    expect([...dequantizeAbsmax(quantizeAbsmax(Float32Array.of(0.3)))]).toEqual([fround(0.3)]);
  });
});

describe('a packed matrix', () => {
  const x = seededNormal(4, 300 * 320);

  it('takes 4.5 bits a number, or 4.127 when doubly quantized', () => {
    const large = seededNormal(5, 1024 * 1024);
    const plain = packMatrix(large, [1024, 1024], { kind: 'nf4', blockSize: 64, double: false });
    const double = packMatrix(large, [1024, 1024]);
    expect((8 * plain.bytes) / large.length).toBe(4.5);
    expect((8 * (double.bytes - 4)) / large.length).toBe(4 + 8 / 64 + 32 / (64 * 256));
    expect((8 * double.bytes) / large.length).toBeCloseTo(4.127, 3);
  });

  it('is QLoRA by default, and double quantization costs little', () => {
    const packed = packMatrix(x, [300, 320]);
    expect(packed).toMatchObject({ kind: 'nf4', shape: [300, 320], blockSize: 64 });
    expect('double' in packed && packed.double.codes.length).toBe(1500);
    const error = (back: Float32Array): number =>
      Math.sqrt(x.reduce((sum, value, i) => sum + (value - back[i]) ** 2, 0) / x.length);
    const plain = error(unpackMatrix(packMatrix(x, [300, 320], { kind: 'nf4', blockSize: 64, double: false })));
    const double = error(unpackMatrix(packed));
    expect(plain).toBeCloseTo(0.092, 3);
    expect(double - plain).toBeGreaterThan(0);
    expect(double - plain).toBeLessThan(1e-4);
  });

  it.each([0, -64, 1, 16, 63, 96, 8192, 64.5, NaN])('refuses blocks of %d', (blockSize) => {
    const pack = (): unknown => packMatrix(x, [300, 320], { kind: 'nf4', blockSize, double: false });
    expect(pack).toThrow(RequestError);
    expect(pack).toThrow(`block size ${blockSize}: expected one of 32, 64, 128`);
  });

  it('refuses a shape that does not fit, and no numbers', () => {
    expect(() => packMatrix(x, [300, 319])).toThrow(/shape \[300, 319\] cannot be packed from 96000 numbers/);
    expect(() => packMatrix(x, [-300, -320])).toThrow(RequestError);
    expect(() => packMatrix(new Float32Array(), [0, 5])).toThrow(/cannot be packed from 0 numbers/);
  });

  it('refuses NaN', () => {
    expect(() => packMatrix(Float32Array.of(1, NaN), [1, 2])).toThrow(RequestError);
  });
});

describeWithShared('shared quantizations', () => {
  const folder = shared('fixtures/quantization');
  const files = readdirSync(folder).filter((name) => name.endsWith('.safetensors') && name !== 'tables.safetensors');
  const cases = files.flatMap((file) =>
    (['nf4', 'fp4'] as const).flatMap((kind) => [64, 128, 256].map((blockSize) => ({ file, kind, blockSize }))),
  );

  it.each(cases)('$file: $kind in blocks of $blockSize, to the last bit', ({ file, kind, blockSize }) => {
    const reference = openSafetensors(`${folder}/${file}`);
    const { shape, data } = reference.read('input');
    const [rows, cols] = shape.length === 2 ? shape : [1, shape[0]];
    const expected = (name: string): unknown => reference.readRaw(`${kind}.${blockSize}.${name}`).data;
    const plain = packMatrix(data, [rows, cols], { kind, blockSize, double: false });
    const double = packMatrix(data, [rows, cols], { kind, blockSize, double: true });
    if (!('absmax' in plain && 'double' in double)) throw new Error('packed in another form than asked for');
    expect(plain.codes).toEqual(expected('codes'));
    expect(plain.absmax).toEqual(expected('absmax'));
    expect(unpackMatrix(plain)).toEqual(expected('dequantised'));
    expect(double.codes).toEqual(plain.codes);
    expect([double.double.offset]).toEqual([...(expected('double.offset') as Float32Array)]);
    expect(double.double.nestedAbsmax).toEqual(expected('double.nestedAbsmax'));
    expect(double.double.codes).toEqual(expected('double.absmaxCodes'));
    expect(unpackMatrix(double)).toEqual(expected('double.dequantised'));
    reference.close();
  });
});
