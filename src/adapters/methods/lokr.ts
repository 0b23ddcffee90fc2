import type { Recipe } from '../types.ts';
import { lokr as update, type LokrOptions } from '../update/lokr.ts';

/** LoKr, arXiv:2212.10650: the Kronecker product of a small and a low-rank matrix. */
export const lokr = ({ dropout, ...options }: LokrOptions & { readonly dropout?: number }): Recipe => ({
  update: update(options),
  ...(dropout === undefined ? {} : { dropout }),
});
