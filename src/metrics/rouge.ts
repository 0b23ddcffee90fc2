/**
 * ROUGE-1, ROUGE-2 and ROUGE-L (Lin 2004) as F1, as the package rouge-score computes them without stemming: texts are lower-cased, and
 * words are runs of a–z and 0–9.
 *
 *   ROUGE-N   P = n-grams that are in both (clipped) / n-grams written,   R = … / n-grams of the reference
 *   ROUGE-L   P = LCS / words written,   R = LCS / words of the reference,   LCS the longest common subsequence of words
 *   F1 = 2 P R / (P + R), 0 where nothing is shared
 */
import { ngramsOf, overlap, total } from './ngrams.ts';
import { checkSegments, type Segment } from './segment.ts';

/** F1 scores, 0 to 1. */
export interface Rouge {
  readonly rouge1: number;
  readonly rouge2: number;
  readonly rougeL: number;
}

/** Against one reference. */
export function rouge(hypothesis: string, reference: string): Rouge {
  const [written, wanted] = [tokensOf(hypothesis), tokensOf(reference)];
  return { rouge1: rougeN(written, wanted, 1), rouge2: rougeN(written, wanted, 2), rougeL: rougeL(written, wanted) };
}

/** Mean ROUGE-L over texts, each against the reference it is most like. Throws an Error where one is lacking. */
export function meanRougeL(segments: readonly Segment[]): number {
  checkSegments('ROUGE-L', segments);
  const best = segments.map(({ hypothesis, references }) => {
    const written = tokensOf(hypothesis);
    return Math.max(...references.map((reference) => rougeL(written, tokensOf(reference))));
  });
  return best.reduce((sum, score) => sum + score, 0) / best.length;
}

const tokensOf = (text: string): string[] => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];

function rougeN(written: readonly string[], wanted: readonly string[], n: number): number {
  const [own, theirs] = [ngramsOf(written, n, ' '), ngramsOf(wanted, n, ' ')];
  return f1(overlap(own, theirs), total(own), total(theirs));
}

function rougeL(written: readonly string[], wanted: readonly string[]): number {
  return f1(longestCommonSubsequence(written, wanted), written.length, wanted.length);
}

function f1(shared: number, written: number, wanted: number): number {
  return shared === 0 ? 0 : (2 * shared) / (written + wanted);
}

/** Its length, row by row of the usual table. */
function longestCommonSubsequence(one: readonly string[], other: readonly string[]): number {
  let above = new Int32Array(other.length + 1);
  for (const word of one) {
    const row = new Int32Array(other.length + 1);
    for (let i = 0; i < other.length; i++)
      row[i + 1] = word === other[i] ? above[i]! + 1 : Math.max(above[i + 1]!, row[i]!);
    above = row;
  }
  return above[other.length]!;
}
