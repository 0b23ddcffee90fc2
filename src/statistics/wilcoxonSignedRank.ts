import { pairedDifferences } from './pairedTest.ts';
import { ranks } from './ranks.ts';

/**
 * Exact two-sided p value of Wilcoxon's signed-rank test of pairs (Biometrics Bulletin 1 (1945) 80). Differences of zero are left out;
 * |b - a| are ranked, equal ones with the mean of their ranks. Were the signs as good as tossed, each of the 2ⁿ would be equally
 * likely: p = 2 min(P(W <= w), P(W >= w)), at most 1, of w, the sum of ranks of what is positive. The sums are counted one difference
 * at a time, n³ steps in all: for samples of up to some hundred pairs. 1 where no difference is left.
 */
export function wilcoxonSignedRank(a: readonly number[], b: readonly number[]): number {
  const differences = pairedDifferences(a, b).filter((difference) => difference !== 0);
  // Twice the ranks are whole numbers, ties or not.
  const doubled = ranks(differences.map(Math.abs)).map((rank) => 2 * rank);
  const total = doubled.reduce((sum, rank) => sum + rank, 0);
  const positive = doubled.reduce((sum, rank, index) => (differences[index] > 0 ? sum + rank : sum), 0);
  const probability = new Float64Array(total + 1);
  probability[0] = 1;
  let reached = 0;
  for (const rank of doubled) {
    reached += rank;
    for (let sum = reached; sum >= 0; sum--)
      probability[sum] = (probability[sum] + (sum >= rank ? probability[sum - rank] : 0)) / 2;
  }
  const below = (last: number): number => probability.subarray(0, last + 1).reduce((sum, p) => sum + p, 0);
  // The distribution is symmetric: P(W >= w) = P(W <= total - w).
  return Math.min(1, 2 * below(Math.min(positive, total - positive)));
}
