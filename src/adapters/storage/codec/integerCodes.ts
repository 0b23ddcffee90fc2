/**
 * Whole numbers of k bits with the sign in the highest, over the largest:   m/m … 1/m, 0, 0, −1/m … −m/m,   m = 2^(k−1) − 1. Zero has
 * two codes, as in bitsandbytes' table 'int4' (`get_4bit_type`), which is that of k = 4.
 */
import { codeTable, type CodeTable } from './codes.ts';

export function integerTable(bits: number): CodeTable {
  const largest = 2 ** (bits - 1) - 1;
  const positive = Array.from({ length: largest + 1 }, (_, i) => (largest - i) / largest);
  return codeTable([...positive, ...positive.toReversed().map((value) => 0 - value)]);
}
