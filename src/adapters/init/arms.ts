/** How the two factors of a low-rank update start: the arms of the initialization ablation. */
import type { SeparateInit } from './factorInit.ts';
import { gaussian } from './gaussian.ts';
import { kaimingUniform } from './kaimingUniform.ts';
import { zero } from './zero.ts';

export { olora } from './olora.ts';
export { orthogonal } from './orthogonal.ts';
export { pissa } from './pissa.ts';

/** PEFT's and loralib's start: A Kaiming-uniform, B zero. */
export const kaimingZero = (): SeparateInit => ({ down: kaimingUniform(), up: zero() });
/** A normal, B zero ("Init[A]", arXiv:2406.08447). */
export const normalZero = (options: { sigma?: number } = {}): SeparateInit => ({ down: gaussian(options), up: zero() });
/** A zero, B normal ("Init[B]"). */
export const zeroNormal = (options: { sigma?: number } = {}): SeparateInit => ({ down: zero(), up: gaussian(options) });
/** Both zero: a saddle point, no gradient ever. */
export const bothZero = (): SeparateInit => ({ down: zero(), up: zero() });
/** Both normal: starts away from the base, Var ΔW₀ = s² r σ_A² σ_B². */
export const bothNormal = ({ sigma = 0.01 }: { sigma?: number } = {}): SeparateInit => ({
  down: gaussian({ sigma }),
  up: gaussian({ sigma }),
});
/** Both normal with W₀ − ΔW₀ as the base: separates the noise of the start from the dynamics it gives. */
export const bothNormalCompensated = (options: { sigma?: number } = {}): SeparateInit => ({
  ...bothNormal(options),
  compensated: true,
});
