/**
 * The signed 8-bit dynamic map (Dettmers et al., "8-bit Optimizers via Block-wise Quantization", arXiv 2110.02861; bitsandbytes
 * `create_dynamic_map`): for each decade 10^(i-6), i = 0..6, the 2^i means of neighbours among 2^i + 1 evenly spaced numbers from 0.1 to
 * 1, with both signs; and 0 and 1. That is 256 values, dense near zero. All steps are in float32, as there.
 */
import { codeTable, type CodeTable } from './codes.ts';

const { fround } = Math;

export const DYNAMIC8: CodeTable = codeTable(signedDynamicMap());

function signedDynamicMap(): number[] {
  const values = [0, 1];
  for (let i = 0; i < 7; i++) {
    const boundaries = linspace(0.1, 1, 2 ** i + 1);
    const scale = fround(10 ** (i - 6));
    for (let j = 0; j < 2 ** i; j++) {
      const mean = fround(fround(boundaries[j] + boundaries[j + 1]) / 2);
      values.push(fround(scale * mean), -fround(scale * mean));
    }
  }
  return values.sort((a, b) => a - b);
}

/**
 * `count` evenly spaced numbers in float32 as PyTorch's kernel has them: the first half counted from the start, the second from the end,
 * product and sum rounded once (a fused multiply-add).
 */
function linspace(start: number, end: number, count: number): Float32Array {
  const [first, last] = [fround(start), fround(end)];
  const step = fround(fround(last - first) / (count - 1));
  return Float32Array.from({ length: count }, (_, i) =>
    i < count / 2 ? first + step * i : last - step * (count - 1 - i),
  );
}
