/**
 * Attention with grouped key/value heads, arXiv:1706.03762 and 2305.13245:   O = softmax(s Q Kᵀ + bias) V per head, s = 1/√width.
 *
 * In: q [rows, heads · width], k and v [rows, keyValueHeads · width], rows = sequences · length. Two writings of it: one kernel, where
 * there is one, and TensorFlow.js's operations.
 */
import type { Tensor2D } from '@tensorflow/tfjs';
import { hasKernels } from '../tensor/kernels.ts';
import { attentionByHead } from './attentionByHead.ts';
import { attentionByKernel } from './attentionByKernel.ts';
import { type Block, either } from './block.ts';
import { withNext } from './nextAttention.ts';
import type { Rope } from './rotaryFrequencies.ts';
import type { Sight } from './visibility.ts';

export interface AttentionShape extends Sight {
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  /** What scores are multiplied by; 1/√headWidth as a rule. */
  readonly scale: number;
  /** Null where positions are not rotary. */
  readonly rope: Rope | null;
}

/** The kernel knows nothing of padding, and gives no keys to a cache. */
export const attention = (shape: AttentionShape): Block<Tensor2D[]> =>
  withNext(
    shape,
    either(
      ({ padding, cache }) => hasKernels() && !padding && !cache,
      attentionByKernel(shape),
      attentionByHead(shape),
    ),
  );
