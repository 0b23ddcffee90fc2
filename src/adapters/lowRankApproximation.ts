/** A change of a kernel as LoRA of a lower rank: the leading part of its singular value decomposition, s = 1. */
import { RequestError } from '../errors.ts';
import type { Cutoff, LeadingSvd } from '../tensor/leadingSvd.ts';
import type { LowRankFactors } from './lowRankFactors.ts';
import type { Place } from './types.ts';

/** How far a site's change is from what was wanted. */
export interface SiteError {
  readonly site: string;
  readonly rank: number;
  /** ‖result − wanted‖ / ‖wanted‖ in the Frobenius norm. */
  readonly relativeError: number;
}

/** Throws a RequestError for a rank that is none, or a share of energy outside (0, 1]. */
export function checkCutoff(cutoff: Cutoff): void {
  if ('rank' in cutoff) {
    if (!Number.isInteger(cutoff.rank) || cutoff.rank < 1)
      throw new RequestError(`the rank must be a whole number of at least 1, not ${cutoff.rank}`);
  } else if (!(cutoff.energy > 0 && cutoff.energy <= 1))
    throw new RequestError(`the energy to keep must be a share above 0 and at most 1, not ${cutoff.energy}`);
}

/** A = U, B = diag(s) Vᵀ, as PEFT's convert_to_lora puts the singular values into B; α = rank. */
export function factorsOfSvd({ name, kind, shape }: Place, { u, s, v }: LeadingSvd): LowRankFactors {
  const rank = s.length;
  const outputs = shape[1];
  const up = new Float32Array(rank * outputs);
  for (let r = 0; r < rank; r++) for (let j = 0; j < outputs; j++) up[r * outputs + j] = s[r]! * v[j * rank + r]!;
  const plain = { scaling: 'rank', upBias: null, magnitude: null } as const;
  return { name, kind, shape, rank, alpha: rank, down: Float32Array.from(u), up, ...plain };
}
