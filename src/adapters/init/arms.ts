/** How the two factors of a low-rank update start: the arms of the initialization ablation. */
import { gaussian } from './gaussian.ts';
import type { Initializer } from './initializer.ts';
import { kaimingUniform } from './kaimingUniform.ts';
import { zero } from './zero.ts';

export interface FactorInit {
  readonly down: Initializer;
  readonly up: Initializer;
  /** Start at the base all the same: W₀ − ΔW₀ takes the place of W₀, as a second, frozen low-rank term. */
  readonly compensated?: boolean;
}

/** PEFT's and loralib's start: A Kaiming-uniform, B zero. */
export const kaimingZero = (): FactorInit => ({ down: kaimingUniform(), up: zero() });
/** A normal, B zero ("Init[A]", arXiv:2406.08447). */
export const normalZero = (options: { sigma?: number } = {}): FactorInit => ({ down: gaussian(options), up: zero() });
/** A zero, B normal ("Init[B]"). */
export const zeroNormal = (options: { sigma?: number } = {}): FactorInit => ({ down: zero(), up: gaussian(options) });
/** Both zero: a saddle point, no gradient ever. */
export const bothZero = (): FactorInit => ({ down: zero(), up: zero() });
/** Both normal: starts away from the base, Var ΔW₀ = s² r σ_A² σ_B². */
export const bothNormal = ({ sigma = 0.01 }: { sigma?: number } = {}): FactorInit => ({
  down: gaussian({ sigma }),
  up: gaussian({ sigma }),
});
/** Both normal with W₀ − ΔW₀ as the base: separates the noise of the start from the dynamics it gives. */
export const bothNormalCompensated = (options: { sigma?: number } = {}): FactorInit => ({
  ...bothNormal(options),
  compensated: true,
});
