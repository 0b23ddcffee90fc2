import { rankAllocator, type RankAllocatorOptions } from '../control/rankAllocator.ts';
import type { Recipe } from '../types.ts';
import { svd, type SvdOptions } from '../update/svd.ts';

/** AdaLoRA, arXiv:2303.10512: an SVD-form update of initial `rank`, pruned by importance to `target` on average. */
export const adalora = ({
  rank,
  alpha,
  sigma,
  dropout,
  target = Math.max(1, Math.round(rank / 1.5)),
  ...allocator
}: SvdOptions & Partial<RankAllocatorOptions> & { readonly dropout?: number }): Recipe => ({
  update: svd({ rank, alpha, sigma }),
  control: rankAllocator({ target, ...allocator }),
  ...(dropout === undefined ? {} : { dropout }),
});
