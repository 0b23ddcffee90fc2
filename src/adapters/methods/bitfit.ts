import type { Recipe } from '../types.ts';
import { dense } from '../update/dense.ts';

/** BitFit, arXiv:2106.10199: the biases of the base train, and nothing else. Put it on the targets '.*\\.bias'. */
export const bitfit = (): Recipe => ({ update: dense({ only: 'biases' }) });
