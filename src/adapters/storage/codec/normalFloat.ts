/**
 * NormalFloat of k bits, arXiv:2305.14314 section 3 and appendix E: quantiles of the normal distribution, evenly spaced in probability
 * on either side of an exact zero, over the largest of them. With δ = ½ (1/2^(k+1) + 1/(2^(k+1) − 2)) and Q the quantile:
 *
 *   above zero   Q(1 − δ) … Q(½), 2^(k−1) + 1 of them without the last;   below   −Q(1 − δ) … −Q(½), 2^(k−1) without the last.
 *
 * For k = 4 these are the 16 values of NF4, whose δ is the paper's ½ (1/32 + 1/30). Fewer bits are not in the paper: the same rule.
 */
import { codeTable, type CodeTable } from './codes.ts';
import { normalQuantile } from './normalQuantile.ts';

export function normalFloatTable(bits: number): CodeTable {
  const half = 2 ** (bits - 1);
  const tail = (1 / (4 * half) + 1 / (4 * half - 2)) / 2;
  /** Q at `count` probabilities from 1 − δ down to ½, without the last, which is zero. */
  const quantiles = (count: number): number[] =>
    Array.from({ length: count - 1 }, (_, i) => normalQuantile(1 - tail + (i * (tail - 0.5)) / (count - 1)));
  const below = quantiles(half).map((value) => -value);
  const above = quantiles(half + 1).reverse();
  const largest = above.at(-1)!;
  return codeTable([...below, 0, ...above].map((value) => value / largest));
}
