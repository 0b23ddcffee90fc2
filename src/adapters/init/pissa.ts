/**
 * PiSSA, arXiv:2404.02948 §3: the principal part of the kernel trains and the rest is frozen. Of W = U diag(σ) Vᵀ,
 *
 *   A = U_r √(σ_r / s),   B = √(σ_r / s) V_rᵀ,   so that s A B is the best approximation of rank r, and W − s A B is left.
 *
 * The decomposition is exact, in float64. PEFT's pissa_niter_… approximates the same.
 */
import { thinSvd } from '../../tensor/svd.ts';
import { checkRankWithin } from '../update/rank.ts';
import type { JointInit } from './factorInit.ts';

export const pissa = (): JointInit => ({
  spec: { type: 'pissa' },
  compensated: true,
  isDrawn: false,
  check: ({ shape, rank }) => checkRankWithin(rank, Math.min(...shape), 'PiSSA'),
  factors({ shape: [inputs, outputs], rank, scale, kernel }) {
    const most = Math.min(inputs, outputs);
    const { u, s, v } = thinSvd(kernel(), inputs, outputs);
    const down = new Float32Array(inputs * rank);
    const up = new Float32Array(rank * outputs);
    for (let r = 0; r < rank; r++) {
      const root = Math.sqrt(s[r]! / scale);
      for (let i = 0; i < inputs; i++) down[i * rank + r] = root * u[i * most + r]!;
      for (let j = 0; j < outputs; j++) up[r * outputs + j] = root * v[j * most + r]!;
    }
    return { down, up };
  },
});
