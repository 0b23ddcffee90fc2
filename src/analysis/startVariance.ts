/**
 * How far from the base an update starts, ΔW₀ = s A₀ B₀ with independent entries of mean zero:
 *
 *   Var(ΔW₀) = s² · r · σ_A² · σ_B²,   ‖ΔW₀‖_F ≈ s σ_A σ_B √(in · out · r)
 *
 * as for any sum of r products of independent numbers (Glorot and Bengio, AISTATS 2010, Eq. 5, is the same for a network's layers).
 */
import { type Change, denseChange } from './change.ts';

export interface StartFactors {
  readonly scale: number;
  readonly rank: number;
  /** σ_A², σ_B². */
  readonly downVariance: number;
  readonly upVariance: number;
}

export const predictedStartVariance = ({ scale, rank, downVariance, upVariance }: StartFactors): number =>
  scale ** 2 * rank * downVariance * upVariance;

/** The mean square of the numbers of ΔW: their variance around zero, where they are drawn around. */
export function startVariance(change: Change): number {
  const values = denseChange(change);
  return values.reduce((sum, value) => sum + value * value, 0) / values.length;
}
