import type { Recipe } from '../types.ts';
import { randomSubspace as update, type RandomSubspaceOptions } from '../update/randomSubspace.ts';

/**
 * Fine-tuning in a random subspace, arXiv:1804.08838: `dimension` trained numbers move all that is adapted. Put it on the targets 'all',
 * as full fine-tuning; what it trains is saved as a model, which PEFT's files have no place for.
 */
export const randomSubspace = ({
  dropout,
  ...options
}: RandomSubspaceOptions & { readonly dropout?: number }): Recipe => ({
  update: update(options),
  ...(dropout === undefined ? {} : { dropout }),
});
