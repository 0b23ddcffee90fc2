/**
 * Whether a change strengthens what the kernel already does or what it hardly did (arXiv:2106.09685 §7.3, table 7). With U_r and V_r
 * the first r directions of ΔW on its two sides,
 *
 *   amplification factor = ‖ΔW‖_F / ‖U_rᵀ W V_r‖_F,
 *
 * the size of the change for the size that W had in its directions. Two controls for ‖U_rᵀ W V_r‖_F, which must lie between them:
 *
 *   W's own first r directions   √(Σ_{i≤r} σᵢ(W)²)
 *   random directions            r ‖W‖_F / √(in · out)   the root mean square over all pairs of subspaces, exactly
 *
 * (The paper draws one random pair. Its table: ‖W‖ = 61.95 and r = 4 in 12288 × 12288 give 0.02, as printed.)
 */
import type { ThinSvd } from '../tensor/svd.ts';
import { frobeniusNorm } from './change.ts';

export interface Amplification {
  readonly rank: number;
  /** ‖ΔW‖_F of its first r directions. */
  readonly change: number;
  /** ‖U_rᵀ W V_r‖_F with the directions of ΔW; `own`, `random`: with the controls'. */
  readonly projected: number;
  readonly own: number;
  readonly random: number;
  /** change / projected. */
  readonly factor: number;
}

/**
 * `kernel`: W [in, out] row-major, `spectrum` its singular values, `change` the decomposition of ΔW. r is `rank`, or as many directions
 * as there are with a singular value above zero (to 1e-6 of the largest). Null for a change that is none.
 */
export function amplification(
  kernel: ArrayLike<number>,
  spectrum: ArrayLike<number>,
  { u, s, v }: ThinSvd,
  rank: number,
): Amplification | null {
  const used = Math.min(rank, s.filter((value) => value > 1e-6 * s[0]!).length);
  if (used === 0) return null;
  const [inputs, outputs, count] = [u.length / s.length, v.length / s.length, s.length];
  if (kernel.length !== inputs * outputs)
    throw new Error(
      `a change of ${inputs} inputs and ${outputs} outputs does not fit a kernel of ${kernel.length} numbers`,
    );
  let energy = 0;
  const image = new Float64Array(inputs); // W v
  for (let q = 0; q < used; q++) {
    for (let i = 0; i < inputs; i++) {
      let sum = 0;
      for (let j = 0; j < outputs; j++) sum += kernel[i * outputs + j]! * v[j * count + q]!;
      image[i] = sum;
    }
    for (let p = 0; p < used; p++) {
      let sum = 0;
      for (let i = 0; i < inputs; i++) sum += u[i * count + p]! * image[i]!;
      energy += sum * sum;
    }
  }
  const projected = Math.sqrt(energy);
  const change = frobeniusNorm(s.subarray(0, used));
  return {
    rank: used,
    change,
    projected,
    own: frobeniusNorm(Float64Array.from(spectrum).subarray(0, used)),
    random: (used * frobeniusNorm(kernel)) / Math.sqrt(inputs * outputs),
    factor: change / projected,
  };
}
