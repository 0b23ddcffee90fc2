import { describe, expect, test } from 'vitest';
import { packBits, packedBitsBytes, unpackBits } from '../../../../src/adapters/storage/codec/packedBits.ts';

test('the first code lies in the highest bits', () => {
  expect([...packBits(Uint8Array.of(3, 0, 1, 2, 1), 2)]).toEqual([0b11000110, 0b01000000]);
  expect([...packBits(Uint8Array.of(7, 0, 5, 1), 3)]).toEqual([0b11100010, 0b10010000]);
});

describe.each([1, 2, 3, 4, 5, 7, 8])('%d bits', (bits) => {
  const values = Float32Array.from({ length: 2 ** bits }, (_, code) => code - 1.5);

  test.each([1, 7, 32, 33, 101])('%d codes come back as their values times the scales of their blocks', (count) => {
    const codes = Uint8Array.from({ length: count }, (_, i) => (i * 37 + 5) % 2 ** bits);
    const packed = packBits(codes, bits);
    expect(packed).toHaveLength(packedBitsBytes(count, bits));
    expect(packed).toHaveLength(Math.ceil((count * bits) / 8));
    const scales = Float32Array.of(1, 2, 4, 8);
    const numbers = unpackBits(packed, bits, { values, scales, blockSize: 32 }, new Float32Array(count));
    expect([...numbers]).toEqual([...codes].map((code, i) => (code - 1.5) * 2 ** Math.floor(i / 32)));
  });
});
