/**
 * AdaLoRA's triplets, arXiv:2303.10512 §3.2: how they are scored over all sites, and which are kept.
 *
 *   S = score(λ) + mean score(Q column) + mean score(P row);   the k lowest of all sites get λ = 0.
 */
import { RequestError } from '../../errors.ts';
import type { Parameter } from '../../tensor/arena.ts';

/** The triplets of a site: column of Q, λ and row of P of each unit of rank. */
export interface Triplets {
  readonly name: string;
  readonly rank: number;
  readonly down: Parameter;
  readonly singular: Parameter;
  readonly up: Parameter;
}

/** Throws a RequestError where a role is missing. */
export function tripletsOf({ name, parameters }: { name: string; parameters: readonly Parameter[] }): Triplets {
  const role = (wanted: string): Parameter => {
    const found = parameters.find((p) => p.role === wanted);
    if (!found)
      throw new RequestError(`the rank allocator needs a '${wanted}' parameter at ${name}; use it with the svd update`);
    return found;
  };
  const [down, singular, up] = [role('down'), role('singular'), role('up')];
  return { name, rank: singular.size, down, singular, up };
}

/** Scores of all triplets, site after site: score(λ) + mean score(Q column) + mean score(P row). `score`: of a number of the lane. */
export function tripletScores(sites: readonly Triplets[], score: (i: number) => number): number[] {
  return sites.flatMap(({ rank, down, singular, up }) => {
    const inputs = down.size / rank;
    const outputs = up.size / rank;
    return Array.from({ length: rank }, (_, r) => {
      let column = 0;
      for (let i = 0; i < inputs; i++) column += score(down.offset + i * rank + r);
      let row = 0;
      for (let j = 0; j < outputs; j++) row += score(up.offset + r * outputs + j);
      return score(singular.offset + r) + column / inputs + row / outputs;
    });
  });
}

/** Keeps every score above the `pruned`-th smallest; all of them when nothing is to be pruned. */
export function chooseMask(given: readonly number[], pruned: number): Float32Array {
  const scores = given.map(Math.fround);
  const threshold = pruned > 0 ? scores.toSorted((a, b) => a - b)[pruned - 1] : -Infinity;
  return Float32Array.from(scores, (score) => (score > threshold ? 1 : 0));
}

/** Triplets of each site that the mask keeps; all of them without one. */
export function keptRanks(sites: readonly Triplets[], mask: Float32Array | null): number[] {
  let at = 0;
  return sites.map(({ rank }) => (mask ? mask.subarray(at, (at += rank)).reduce((sum, kept) => sum + kept, 0) : rank));
}

/** λ ← 0 where the mask is; `values` are those of one lane of the arena. */
export function applyMask(sites: readonly Triplets[], values: Float32Array, mask: Float32Array): void {
  let at = 0;
  for (const { rank, singular } of sites)
    for (let r = 0; r < rank; r++, at++) if (mask[at] === 0) values[singular.offset + r] = 0;
}
