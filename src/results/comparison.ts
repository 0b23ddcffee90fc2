import { bcaInterval } from '../statistics/bcaInterval.ts';
import { holm } from '../statistics/holm.ts';
import { pairedDifferences, type PairedTest, pairedTest } from '../statistics/pairedTest.ts';
import { smallestEffect } from '../statistics/power.ts';
import type { Interval } from '../statistics/tInterval.ts';
import type { SeedValue } from './estimate.ts';

export type Verdict = 'lower by' | 'higher by' | 'no difference shown' | 'not known from one seed';

/** How a variant differs from its reference, over the seeds that both finished; variant - reference. */
export interface Comparison {
  reference: string;
  difference: PairedTest;
  /** 95 % BCa bootstrap interval of the mean difference; null for one pair, and where all pairs differ alike. It decides nothing. */
  bootstrap: Interval | null;
  /** p, adjusted by Holm's method for all comparisons of the family; null for one pair. */
  adjustedP: number | null;
  /**
   * The smallest true d_z that so many pairs show with 80 % power: in a comparison of its own, and against the strictest level that
   * Holm's method asks of one in this family (0.05 over its size). Null for one pair.
   */
  smallestDz: { alone: number; inFamily: number } | null;
  verdict: Verdict;
  /** Whether the interval alone leaves zero out while the adjusted p is above 0.05: then no difference counts as shown. */
  onlyAlone: boolean;
}

/** One comparison to make: the values of the reference and those of the variant. */
export interface ComparisonRequest {
  reference: string;
  of: readonly SeedValue[];
  variant: readonly SeedValue[];
}

/** Of all comparisons of a family, no more than this share of families shows a difference where there is none. */
const level = 0.05;

/**
 * Compares seed by seed, all that belong to one family: the same quantity (the loss on the target, say) of every variant that is compared.
 * A difference counts as shown where its p, adjusted by Holm's method for the family, is at most 0.05. That is stricter than the 95 %
 * interval of the difference, which speaks of one comparison alone: an interval that holds zero never counts, one that leaves it out
 * may not. Null where a comparison has no seed in common, or none was asked for.
 */
export function compareFamily(requests: readonly (ComparisonRequest | null)[]): (Comparison | null)[] {
  const tested = requests.map((request) => request && paired(request));
  const family = tested.flatMap((one) => one?.difference.p ?? []);
  const adjusted = holm(family, level).values();
  return tested.map((one): Comparison | null => {
    if (one === null) return null;
    const { mean, p, pairs } = one.difference;
    if (p === null)
      return { ...one, adjustedP: null, smallestDz: null, verdict: 'not known from one seed', onlyAlone: false };
    const { p: adjustedP, rejected } = adjusted.next().value!;
    const verdict = !rejected ? 'no difference shown' : mean < 0 ? 'lower by' : 'higher by';
    const smallestDz = { alone: smallest(pairs, level), inFamily: smallest(pairs, level / family.length) };
    return { ...one, adjustedP, smallestDz, verdict, onlyAlone: !rejected && p < level };
  });
}

function paired({
  reference,
  of,
  variant,
}: ComparisonRequest): Pick<Comparison, 'reference' | 'difference' | 'bootstrap'> | null {
  const bySeed = new Map(of.map(({ seed, value }) => [seed, value]));
  const shared = variant.filter(({ seed }) => bySeed.has(seed));
  if (shared.length === 0) return null;
  const [a, b] = [shared.map(({ seed }) => bySeed.get(seed)!), shared.map(({ value }) => value)];
  return { reference, difference: pairedTest(a, b), bootstrap: bcaInterval(pairedDifferences(a, b)) };
}

const solved = new Map<string, number>();

/** Solved for once for each number of pairs and level: it takes ten milliseconds. */
function smallest(pairs: number, significance: number): number {
  const key = `${pairs} ${significance}`;
  const effect = solved.get(key) ?? smallestEffect(pairs, 0.8, significance)!;
  solved.set(key, effect);
  return effect;
}
