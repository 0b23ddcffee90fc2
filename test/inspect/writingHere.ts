import type { Writing } from '../../src/inspect/activations.ts';
import { hasKernels } from '../../src/tensor/kernels.ts';

/** The writing that the running engine computes in. */
export const writingHere = (): Writing => (hasKernels() ? 'kernels' : 'portable');
