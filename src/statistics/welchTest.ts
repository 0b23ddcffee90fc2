import { mean } from './mean.ts';
import { standardDeviation } from './standardDeviation.ts';
import { studentTBeyond } from './studentT.ts';

export interface WelchTest {
  /** Mean of b less mean of a. */
  meanDifference: number;
  t: number;
  degreesOfFreedom: number;
  /** Two-sided. */
  p: number;
}

/**
 * Welch's t test of two samples that are not paired and may spread differently (Biometrika 34 (1947) 28): with vᵢ = sᵢ² / nᵢ,
 *
 *     t = (mean b - mean a) / √(v_a + v_b),   ν = (v_a + v_b)² / (v_a² / (n_a - 1) + v_b² / (n_b - 1))
 *
 * Null where a sample has fewer than two values or neither varies.
 */
export function welchTest(a: readonly number[], b: readonly number[]): WelchTest | null {
  if (a.length < 2 || b.length < 2) return null;
  const [varianceA, varianceB] = [a, b].map((sample) => standardDeviation(sample) ** 2 / sample.length);
  const variance = varianceA + varianceB;
  if (variance === 0) return null;
  const meanDifference = mean(b) - mean(a);
  const t = meanDifference / Math.sqrt(variance);
  const degreesOfFreedom = variance ** 2 / (varianceA ** 2 / (a.length - 1) + varianceB ** 2 / (b.length - 1));
  return { meanDifference, t, degreesOfFreedom, p: studentTBeyond(t, degreesOfFreedom) };
}
