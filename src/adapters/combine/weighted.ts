/**
 * One LoRA from several, each with a weight, by the rules of PEFT's add_weighted_adapter (tuners/lora/model.py), scale 1:
 *
 *   cat      A = [w₁ s₁ A₁ | w₂ s₂ A₂ …], B = [B₁; B₂ …]: the exact sum, of the sum of the ranks;
 *   linear   A = Σ ± √|w_i s_i| A_i, B = Σ √|w_i s_i| B_i: of their common rank, and not their sum, as cross terms come along;
 *   svd      the leading part of the sum, of the largest rank unless given: the best of its rank.
 *
 * A single adapter is combined linearly, whatever was asked. A site that only some have gets those. Departures: ranks are kept by site
 * (PEFT pads to the largest with zeros), biases of B are summed (PEFT drops them), and a first adapter with rsLoRA's scale does not make
 * the result's scale √r.
 */
import { RequestError, Unsupported } from '../../errors.ts';
import { leadingSvdOfProduct } from '../../tensor/leadingSvd.ts';
import { factorsOfSvd, type SiteError } from '../lowRankApproximation.ts';
import { type LowRankFactors, scaleOf } from '../lowRankFactors.ts';
import { checkRank } from '../update/rank.ts';
import { relativeDifference, stacked, type Term } from './sumOfProducts.ts';

export type CombinationType = 'linear' | 'cat' | 'svd';

export interface WeightedFactors {
  readonly factors: readonly LowRankFactors[];
  /** May be negative. */
  readonly weight: number;
}

export interface CombineOptions {
  readonly type: CombinationType;
  /** Of the result, for 'svd'. */
  readonly rank?: number;
}

export interface Combination {
  readonly factors: readonly LowRankFactors[];
  /** By site, how far the result is from the weighted sum of the changes. */
  readonly errors: readonly SiteError[];
}

/**
 * Throws a RequestError for no adapters, a weight that is no number, a rank with another type than 'svd', and different ranks with
 * 'linear'; Unsupported for DoRA, whose magnitude is no part of a sum (convert it first).
 */
export function combineFactors(adapters: readonly WeightedFactors[], { type, rank }: CombineOptions): Combination {
  check(adapters, type, rank);
  const rule = adapters.length === 1 ? 'linear' : type;
  const largest = Math.max(...adapters.flatMap(({ factors }) => factors.map((of) => of.rank)));
  const combined = [...bySite(adapters).values()].map((terms) => {
    if (rule === 'linear') return linear(terms);
    return rule === 'cat' ? cat(terms) : svd(terms, rank ?? largest);
  });
  return { factors: combined.map(({ factors }) => factors), errors: combined.map(({ error }) => error) };
}

function check(adapters: readonly WeightedFactors[], type: CombinationType, rank: number | undefined): void {
  if (adapters.length === 0) throw new RequestError('there are no adapters to combine');
  if (!['linear', 'cat', 'svd'].includes(type))
    throw new RequestError(`adapters are combined by linear, cat or svd, not by '${type}'`);
  const odd = adapters.find(({ weight }) => !Number.isFinite(weight));
  if (odd) throw new RequestError(`the weight of an adapter must be a number, not ${odd.weight}`);
  if (rank !== undefined && type !== 'svd')
    throw new RequestError(`a rank can be chosen for svd alone; the rank of ${type} follows from the adapters`);
  if (rank !== undefined) checkRank(rank, 'of the combination');
  for (const { name, magnitude } of adapters.flatMap(({ factors }) => factors))
    if (magnitude)
      throw new Unsupported(
        `${name} has a magnitude (DoRA), which is no part of a weighted sum; convert it to LoRA first`,
      );
}

/** In the order in which sites first appear. */
function bySite(adapters: readonly WeightedFactors[]): Map<string, Term[]> {
  const found = new Map<string, Term[]>();
  for (const { weight, factors } of adapters)
    for (const factor of factors)
      found.set(factor.name, [...(found.get(factor.name) ?? []), { weight, factors: factor }]);
  return found;
}

interface Combined {
  readonly factors: LowRankFactors;
  readonly error: SiteError;
}

function result(terms: readonly Term[], rank: number, down: ArrayLike<number>, up: ArrayLike<number>): Combined {
  const { name, kind, shape } = terms[0]!.factors;
  const pair = { down: Float32Array.from(down), up: Float32Array.from(up) };
  const plain = { alpha: rank, scaling: 'rank', upBias: biasOf(terms), magnitude: null } as const;
  const factors: LowRankFactors = { name, kind, shape, rank, ...pair, ...plain };
  return { factors, error: { site: name, rank, relativeError: relativeDifference(factors, terms) } };
}

/** Σ w_i s_i b_i, exactly, whatever becomes of the products; PEFT leaves biases of B out. */
function biasOf(terms: readonly Term[]): Float32Array | null {
  if (terms.every(({ factors }) => !factors.upBias)) return null;
  const sum = new Float64Array(terms[0]!.factors.shape[1]);
  for (const { weight, factors } of terms)
    factors.upBias?.forEach((value, j) => (sum[j]! += weight * scaleOf(factors) * value));
  return Float32Array.from(sum);
}

function cat(terms: readonly Term[]): Combined {
  const { down, up, inner } = stacked(terms, terms[0]!.factors.shape);
  return result(terms, inner, down, up);
}

function linear(terms: readonly Term[]): Combined {
  const { name, rank, down, up } = terms[0]!.factors;
  const other = terms.find(({ factors }) => factors.rank !== rank);
  if (other)
    throw new RequestError(
      `a linear combination takes adapters of one rank; at ${name} they have ${rank} and ${other.factors.rank} (cat and svd take any)`,
    );
  const sum = (sizes: number, of: (factors: LowRankFactors) => Float32Array, signed: boolean): Float64Array => {
    const total = new Float64Array(sizes);
    for (const { weight, factors } of terms) {
      const share = weight * scaleOf(factors);
      const root = Math.sqrt(Math.abs(share)) * (signed && share < 0 ? -1 : 1);
      of(factors).forEach((value, i) => (total[i]! += root * value));
    }
    return total;
  };
  return result(
    terms,
    rank,
    sum(down.length, (factors) => factors.down, true),
    sum(up.length, (factors) => factors.up, false),
  );
}

function svd(terms: readonly Term[], rank: number): Combined {
  const { factors: place } = terms[0]!;
  const [inputs, outputs] = place.shape;
  const { down, up, inner } = stacked(terms, place.shape);
  const found = leadingSvdOfProduct(down, up, [inputs, inner, outputs], { rank });
  const { relativeError } = found;
  return {
    factors: { ...factorsOfSvd(place, found), upBias: biasOf(terms) },
    error: { site: place.name, rank: found.s.length, relativeError },
  };
}
