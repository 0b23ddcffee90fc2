/** What a rule for stepping needs from the run: one learning rate and decay per number, and memory of its own that can be saved. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';

export interface Rates {
  /** Learning rate of this step: a scalar, [lanes, 1], [1, count] or [lanes, count]. */
  readonly rate: Tensor;
  /** 1 − rate · decay in such a form, or null where nothing decays. */
  readonly keep: Tensor | null;
  /** Weight decay itself, for rules that add it to the gradient; null where nothing decays. */
  readonly decay: Tensor | null;
}

export interface Optimizer {
  readonly spec: { readonly type: string; readonly [option: string]: string | number | boolean };
  /** New values [lanes, count] from the old and the gradient, both of which stay the caller's. Step counts from 1. */
  step(step: number, values: Tensor2D, gradient: Tensor2D, rates: Rates): Tensor2D;
  /** Its memory by name, each [lanes, count]; empty before the first step. */
  state(): { readonly [name: string]: Tensor2D };
  /** Takes over tensors as its memory. */
  restore(state: { readonly [name: string]: Tensor2D }): void;
  dispose(): void;
}

/** Makes an optimizer with nothing in its memory. */
export type OptimizerFactory = () => Optimizer;
