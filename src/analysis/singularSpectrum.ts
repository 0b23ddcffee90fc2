/** The singular values of ΔW, σ₁ ≥ σ₂ ≥ … (arXiv:2106.09685 §7.3 asks for them; arXiv:2405.09673 §4.5 compares them by method). */
import { type Change, singularDirections } from './change.ts';

/** From the largest down: `rank` values of a product, min(in, out) of a dense change. Throws where a number is not finite. */
export const singularSpectrum = (change: Change): Float64Array => singularDirections(change).s;

/** Share of ‖ΔW‖² in the first k singular values:   Σ_{i≤k} σᵢ² / Σ σᵢ²;   NaN where all are zero. */
export function energyShare(spectrum: ArrayLike<number>, k: number): number {
  let [first, all] = [0, 0];
  for (let i = 0; i < spectrum.length; i++) {
    const energy = spectrum[i]! ** 2;
    if (i < k) first += energy;
    all += energy;
  }
  return first / all;
}
