import type { Tensor } from '@tensorflow/tfjs';

/**
 * What a block keeps from forward to backward. It belongs to the block: backward frees it. To keep a tensor that was only
 * lent (an input), keep a clone of it: a clone shares the numbers and costs nothing.
 */
export type Saved = Tensor | number | null | undefined | readonly Saved[] | { readonly [name: string]: Saved };

/** The result of a forward step: the output, which belongs to the caller, and what backward will need. */
export interface Step<Y> {
  readonly y: Y;
  readonly saved: Saved;
}
