import { uniform } from '../groups/uniform.ts';
import type { Recipe } from '../types.ts';
import { dense } from '../update/dense.ts';

export interface FullOptions {
  readonly decay?: 'matrices' | 'all';
  /** Share of the input of every linear map that is dropped in training: what LoRA's dropout is, on the whole map. */
  readonly dropout?: number;
}

/** Full fine-tuning: every tensor trains, vectors and embedding included. Put it on the targets 'all'. */
export const full = ({ decay = 'all', dropout }: FullOptions = {}): Recipe => ({
  update: dense(),
  groups: uniform({ decay }),
  ...(dropout === undefined ? {} : { dropout }),
});
