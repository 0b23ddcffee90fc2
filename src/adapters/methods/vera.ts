import type { Recipe } from '../types.ts';
import { vera as update, type VeraOptions } from '../update/vera.ts';

/** VeRA, arXiv:2310.11454: two trained vectors a site between frozen random matrices that all sites share. */
export const vera = ({ dropout, ...options }: VeraOptions & { readonly dropout?: number }): Recipe => ({
  update: update(options),
  ...(dropout === undefined ? {} : { dropout }),
});
