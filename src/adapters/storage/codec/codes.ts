/**
 * Tables of block quantization: a number is stored as the code of the value nearest to x / absmax, where absmax is the largest magnitude of
 * its block. Source: bitsandbytes, `get_4bit_type`, whose tables these are to the last bit.
 */

/** The values that codes stand for. */
export interface CodeTable {
  /** Value of each code; 16 or 256 float32 numbers in [-1, 1]. */
  readonly values: Float32Array;
  /** The codes in ascending order of their values (equal values in order of their codes). */
  readonly ascending: Uint8Array;
  /** Between each value and the next in ascending order, in float32. A number above the midpoint takes the larger value. */
  readonly midpoints: Float32Array;
}

/** The table of these values in code order; their number must be a power of two for `nearestCodes` (blockwise.ts). */
export function codeTable(codeValues: readonly number[]): CodeTable {
  const values = Float32Array.from(codeValues);
  const ascending = Uint8Array.from(values.keys()).sort((a, b) => values[a] - values[b] || a - b);
  const midpoints = Float32Array.from({ length: values.length - 1 }, (_, rank) => {
    return Math.fround(values[ascending[rank]] + values[ascending[rank + 1]]) / 2;
  });
  return { values, ascending, midpoints };
}

/**
 * 4-bit NormalFloat: quantiles of the normal distribution scaled to [-1, 1], with an exact zero (QLoRA, arXiv 2305.14314, section 3 and
 * appendix E).
 */
export const NF4: CodeTable = codeTable([
  -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
  -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
  0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
]);

/** 4-bit float of bitsandbytes, not IEEE's E2M1: twelfths, with the sign in bit 3, so that zero has two codes, 0 and 8. */
export const FP4: CodeTable = codeTable(
  [0, 0.0625, 8, 12, 4, 6, 2, 3, 0, -0.0625, -8, -12, -4, -6, -2, -3].map((twelfths) => twelfths / 12),
);
