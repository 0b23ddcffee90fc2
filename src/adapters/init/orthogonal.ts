/**
 * Both factors non-zero, their product zero, as PEFT's init_lora_weights 'orthogonal' draws them: with Q the orthogonal factor of a
 * normal r × r matrix,
 *
 *   A = X Q₀ / 10,   B = Q₁ᵀ Y / 10,   Q₀ and Q₁ the even and the odd rows of Q,   X [in, r/2] and Y [r/2, out] ~ N(0, 1).
 *
 * Rows of Q are orthogonal, so A B = X (Q₀ Q₁ᵀ) Y / 100 = 0. The rank must be even.
 */
import { RequestError } from '../../errors.ts';
import { thinQr } from '../../tensor/qr.ts';
import type { JointInit } from './factorInit.ts';

export const orthogonal = (): JointInit => ({
  spec: { type: 'orthogonal' },
  compensated: false,
  isDrawn: true,
  check({ rank }) {
    if (rank % 2 !== 0) throw new RequestError(`an orthogonal start needs an even rank, not ${rank}`);
  },
  factors({ shape: [inputs, outputs], rank, random }) {
    const half = rank / 2;
    const normal = (size: number, purpose: string): Float32Array =>
      random(purpose).fillNormal(new Float32Array(size), 1);
    const { q } = thinQr(normal(rank * rank, 'rotation'), rank, rank);
    const x = normal(inputs * half, 'down');
    const y = normal(half * outputs, 'up');
    const down = new Float32Array(inputs * rank);
    const up = new Float32Array(rank * outputs);
    for (let r = 0; r < rank; r++) {
      for (let i = 0; i < inputs; i++)
        for (let k = 0; k < half; k++) down[i * rank + r]! += (x[i * half + k]! * q[2 * k * rank + r]!) / 10;
      for (let j = 0; j < outputs; j++)
        for (let k = 0; k < half; k++) up[r * outputs + j]! += (q[(2 * k + 1) * rank + r]! * y[k * outputs + j]!) / 10;
    }
    return { down, up };
  },
});
