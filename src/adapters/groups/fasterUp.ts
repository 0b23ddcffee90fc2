import { RequestError } from '../../errors.ts';
import type { Groups } from '../types.ts';
import { decays } from './uniform.ts';

/**
 * LoRA+, arXiv:2402.12354: B learns at `ratio` times the rate of A, everything else at the rate itself. The paper recommends
 * ratio 16.
 */
export function fasterUp({ ratio = 16 }: { ratio?: number } = {}): Groups {
  checkRatio(ratio);
  return {
    spec: { type: 'fasterUp', ratio },
    of: (parameter) => ({ rate: parameter.role === 'up' ? ratio : 1, decay: decays(parameter) ? 1 : 0 }),
  };
}

export function checkRatio(ratio: number): void {
  if (!(ratio > 0 && Number.isFinite(ratio)))
    throw new RequestError(`LoRA+ takes a positive ratio of B's learning rate to A's, not ${ratio}`);
}
