/**
 * AdaLoRA's importance of every trained number, arXiv:2303.10512 Eq. 8 to 11 (no bias correction, all start at 0):
 *
 *   I = |w ∂L/∂w|,   Ī ← β₁ Ī + (1 − β₁) I,   Ū ← β₂ Ū + (1 − β₂) |I − Ī| with the new Ī,   score = Ī Ū.
 */
import { tripletScores } from '../triplets.ts';
import type { ImportanceRule } from './importance.ts';

export const full = (): ImportanceRule => ({
  spec: { type: 'full' },
  create({ count, beta1, beta2 }) {
    const sensitivity = new Float32Array(count);
    const uncertainty = new Float32Array(count);
    return {
      memory: { sensitivity, uncertainty },
      update(values, gradients) {
        for (let i = 0; i < count; i++) {
          const now = Math.abs(values[i] * gradients[i]);
          const mean = beta1 * sensitivity[i] + (1 - beta1) * now;
          sensitivity[i] = mean;
          uncertainty[i] = beta2 * uncertainty[i] + (1 - beta2) * Math.abs(now - mean);
        }
      },
      scores: (sites) => tripletScores(sites, (i) => sensitivity[i] * uncertainty[i]),
    };
  },
});
