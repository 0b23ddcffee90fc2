import { mean } from './mean.ts';
import { standardDeviation } from './standardDeviation.ts';
import { studentTBeyond } from './studentT.ts';
import { type Interval, tInterval } from './tInterval.ts';

/** Two samples measured in pairs. What needs a spread is null for a single pair. */
export interface PairedTest {
  pairs: number;
  /** Mean of b - a, in the unit of the values. */
  mean: number;
  /** 95 % t interval of that mean. */
  interval: Interval | null;
  t: number | null;
  /** Two-sided. */
  p: number | null;
  /** Cohen's d_z: the mean in standard deviations of the differences. */
  dz: number | null;
}

/**
 * Student's t test of pairs (here: the same seed, so the same batches): with the differences d = b - a of n pairs and their standard
 * deviation s (n - 1 in its divisor), d_z = mean d / s (Cohen 1988, section 2.3.5; Lakens 2013), t = d_z √n with n - 1 degrees of
 * freedom. It leaves out what the pairs have in common. The lists have the same order and length. Differences that are all zero have
 * t and d_z 0 and p 1; all the same but not zero, they have an infinite t and p 0.
 */
export function pairedTest(a: readonly number[], b: readonly number[]): PairedTest {
  const differences = pairedDifferences(a, b);
  const [center, pairs] = [mean(differences), differences.length];
  if (pairs < 2) return { pairs, mean: center, interval: null, t: null, p: null, dz: null };
  const dz = center === 0 ? 0 : center / standardDeviation(differences);
  const t = dz * Math.sqrt(pairs);
  return { pairs, mean: center, interval: tInterval(differences), t, p: studentTBeyond(t, pairs - 1), dz };
}

/** b - a, pair by pair. Throws unless the lists have the same length, at least one. */
export function pairedDifferences(a: readonly number[], b: readonly number[]): number[] {
  if (a.length !== b.length || a.length === 0)
    throw new Error(`pairs need two lists of the same length, not ${a.length} and ${b.length} values`);
  return b.map((value, index) => value - a[index]);
}
