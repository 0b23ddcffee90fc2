/** Codes of k bits one after the other, the first in the highest bits of the first byte; the last byte is filled up with zeros. */

export const packedBitsBytes = (codes: number, bits: number): number => Math.ceil((codes * bits) / 8);

/** `bits`: from 1 to 8; each code is below 2^bits. */
export function packBits(codes: Uint8Array, bits: number): Uint8Array {
  const packed = new Uint8Array(packedBitsBytes(codes.length, bits));
  codes.forEach((code, i) => {
    const at = i * bits;
    const pair = code << (16 - bits - (at & 7)); // of the two bytes that it may lie in
    packed[at >> 3] |= pair >> 8;
    if (pair & 255) packed[(at >> 3) + 1] |= pair & 255;
  });
  return packed;
}

/** The number that each code stands for, times the scale of its block: value[code] · scale, in float32. */
export function unpackBits(
  packed: Uint8Array,
  bits: number,
  { values, scales, blockSize }: { values: Float32Array; scales: Float32Array; blockSize: number },
  out: Float32Array,
): Float32Array {
  const mask = 2 ** bits - 1;
  let [byte, held, window] = [0, 0, 0];
  for (let block = 0, i = 0; i < out.length; block++) {
    const scale = scales[block];
    const end = Math.min(out.length, (block + 1) * blockSize);
    for (; i < end; i++) {
      if (held < bits) {
        window = ((window << 8) | packed[byte++]) & 0xffff;
        held += 8;
      }
      held -= bits;
      out[i] = values[(window >> held) & mask] * scale;
    }
  }
  return out;
}
