/**
 * OLoRA, arXiv:2406.01775 §3: the factors of a QR decomposition of the kernel train and the rest is frozen. Of Wᵀ = Q R,
 *
 *   A = R_rᵀ [in, r] (R's first r rows),   B = Q_rᵀ [r, out] (Q's first r columns),   and W − s A B is left.
 *
 * The scale s multiplies the product but does not divide the factors, as PEFT has it. Q_r depends on the first r columns of Wᵀ
 * alone, and R_r = Q_rᵀ Wᵀ, so no more is decomposed.
 */
import { thinQr } from '../../tensor/qr.ts';
import { checkRankWithin } from '../update/rank.ts';
import type { JointInit } from './factorInit.ts';

export const olora = (): JointInit => ({
  spec: { type: 'olora' },
  compensated: true,
  isDrawn: false,
  check: ({ shape, rank }) => checkRankWithin(rank, Math.min(...shape), 'OLoRA'),
  factors({ shape: [inputs, outputs], rank, kernel }) {
    const w = kernel();
    const first = new Float64Array(outputs * rank);
    for (let j = 0; j < outputs; j++) for (let r = 0; r < rank; r++) first[j * rank + r] = w[r * outputs + j]!;
    const { q } = thinQr(first, outputs, rank);
    const down = new Float32Array(inputs * rank);
    const up = new Float32Array(rank * outputs);
    for (let r = 0; r < rank; r++) {
      for (let j = 0; j < outputs; j++) up[r * outputs + j] = q[j * rank + r]!;
      for (let i = 0; i < inputs; i++) {
        let sum = 0;
        for (let j = 0; j < outputs; j++) sum += w[i * outputs + j]! * q[j * rank + r]!;
        down[i * rank + r] = sum;
      }
    }
    return { down, up };
  },
});
