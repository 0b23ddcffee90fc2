import type { Recipe } from '../types.ts';
import { lowRank, type LowRankOptions } from '../update/lowRank.ts';

export interface LoraOptions extends LowRankOptions {
  /** Share of the adapter's input dropped in training. */
  readonly dropout?: number;
}

/** LoRA, arXiv:2106.09685: a low-rank update beside a frozen kernel. */
export const lora = ({ dropout, ...options }: LoraOptions): Recipe => ({
  update: lowRank(options),
  ...(dropout === undefined ? {} : { dropout }),
});
