/**
 * The ablation "s = I" of arXiv:2303.10512, Table 4: the sensitivity of Eq. 8 on this step's batch alone, neither smoothed nor
 * weighed by its uncertainty,   score = I = |w ∂L/∂w|.
 */
import { tripletScores } from '../triplets.ts';
import type { ImportanceRule } from './importance.ts';

export const sensitivity = (): ImportanceRule => ({
  spec: { type: 'sensitivity' },
  create({ count }) {
    const now = new Float32Array(count);
    return {
      memory: { sensitivity: now },
      update(values, gradients) {
        for (let i = 0; i < count; i++) now[i] = Math.abs(values[i] * gradients[i]);
      },
      scores: (sites) => tripletScores(sites, (i) => now[i]),
    };
  },
});
