import type { Recipe } from '../types.ts';
import { loha as update } from '../update/loha.ts';
import type { PatternedRank } from '../update/rank.ts';

/** LoHa, arXiv:2108.06098: the element-by-element product of two low-rank products, of rank up to r². */
export const loha = ({ dropout, ...options }: PatternedRank & { readonly dropout?: number }): Recipe => ({
  update: update(options),
  ...(dropout === undefined ? {} : { dropout }),
});
