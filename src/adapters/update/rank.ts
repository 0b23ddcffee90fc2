import { RequestError } from '../../errors.ts';
import { type Pattern, patternValue } from '../pattern.ts';

export type Scaling = 'rank' | 'sqrtRank';

/** Rank and α, which may differ by site. */
export interface PatternedRank {
  /** Rank of the update. */
  readonly rank: number;
  /** α of the scale; 2 · rank unless given. */
  readonly alpha?: number;
  /** Rank or α by site, where it differs. */
  readonly rankPattern?: Pattern;
  readonly alphaPattern?: Pattern;
}

export interface RankOptions extends PatternedRank {
  /** 'rank': s = α/r (LoRA). 'sqrtRank': s = α/√r (rsLoRA, arXiv:2312.03732). */
  readonly scaling?: Scaling;
}

/** Throws a RequestError for anything but whole numbers from 1. */
export function checkRank(rank: number, where: string): void {
  if (!Number.isInteger(rank) || rank < 1)
    throw new RequestError(`the rank must be a whole number of at least 1, not ${rank} (${where})`);
}

/** Throws a RequestError for a rank that a decomposition of the kernel does not have. */
export function checkRankWithin(rank: number, most: number, what: string): void {
  if (rank > most)
    throw new RequestError(
      `${what} takes its factors from the kernel, which has at most rank ${most} here, not ${rank}`,
    );
}

/** Throws a RequestError for anything but numbers above 0. */
export function checkAlpha(alpha: number, where: string): void {
  if (!(alpha > 0 && Number.isFinite(alpha)))
    throw new RequestError(`alpha must be a number above 0, not ${alpha} (${where})`);
}

/** Rank, α and scale at a site. */
export function rankAt(name: string, options: RankOptions): { rank: number; alpha: number; scale: number } {
  const rank = patternValue(options.rankPattern ?? {}, name, options.rank);
  checkRank(rank, `at ${name}`);
  const alpha = patternValue(options.alphaPattern ?? {}, name, options.alpha ?? 2 * rank);
  checkAlpha(alpha, `at ${name}`);
  return { rank, alpha, scale: alpha / (options.scaling === 'sqrtRank' ? Math.sqrt(rank) : rank) };
}
