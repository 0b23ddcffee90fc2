import { describe, expect, it } from 'vitest';
import { dequantize8, quantize8 } from '../../../../src/adapters/storage/codec/blockwise8.ts';
import { DYNAMIC8 } from '../../../../src/adapters/storage/codec/dynamicMap.ts';
import { seededNormal } from './seededRandom.ts';

describe('8 bits on the dynamic map', () => {
  const x = seededNormal(1, 1000).map((value, i) => value * 10 ** (i % 5));

  it('takes the nearest value of the map, block by block', () => {
    const { codes, absmax } = quantize8(x, 256);
    expect(absmax).toEqual(
      Float32Array.from([0, 1, 2, 3], (block) => Math.max(...x.slice(256 * block, 256 * (block + 1)).map(Math.abs))),
    );
    const back = dequantize8({ codes, absmax }, 256);
    x.forEach((value, i) => {
      const scale = absmax[Math.floor(i / 256)];
      const nearest = Math.min(...DYNAMIC8.values.map((entry) => Math.abs(entry * scale - value)));
      expect(back[i]).toBe(Math.fround(DYNAMIC8.values[codes[i]] * scale));
      expect(Math.abs(back[i] - value)).toBeLessThanOrEqual(nearest + 1e-6 * scale);
    });
  });

  it('keeps zeros zero', () => {
    const quantized = quantize8(new Float32Array(3), 256);
    expect([...quantized.codes]).toEqual([127, 127, 127]);
    expect([...dequantize8(quantized, 256)]).toEqual([0, 0, 0]);
  });
});
