/** One run done twice: where its two records differ. */
import type { Json } from '../results/json.ts';
import type { RunRecord } from '../results/record.ts';
import { differingLeaves } from './leaves.ts';
import type { Widening } from './sensitivity.ts';
import { fieldOf, toleranceAt } from './tolerance.ts';

export interface Difference {
  /** Such as `final.learn.test.lossNats` or `history.lossNats[3]`. */
  readonly path: string;
  /** A list of another length as its length; null also where one of them has none. */
  readonly there: Json;
  readonly here: Json;
  /** Absolute; null where one is not a number. */
  readonly difference: number | null;
  readonly tolerance: number;
}

/** The largest difference of a field, as a share of its tolerance. */
export interface Deviation {
  readonly difference: number;
  readonly tolerance: number;
}

export interface RecordComparison {
  /** What is not as demanded. */
  readonly differences: readonly Difference[];
  /** By field, of all numbers that differ at all. */
  readonly largest: { readonly [field: string]: Deviation };
  /** Fields that a record of another source lacks: there is nothing to compare them with. */
  readonly added: readonly string[];
}

export interface Demand {
  /** Null: every number must be the same. Else each within the tolerance of its field, times this. */
  readonly widening: Widening | null;
  /** Whether the source is the same: then nothing may be missing. */
  readonly sameSource: boolean;
}

/** Where a run was done and how long it took are not compared. */
export function compareRecords(before: RunRecord, now: RunRecord, { widening, sameSource }: Demand): RecordComparison {
  const differences: Difference[] = [];
  const largest: { [field: string]: Deviation } = {};
  const added: string[] = [];
  const exact = widening === null;
  for (const { path, there, here } of differingLeaves(compared(before, exact), compared(now, exact))) {
    if (there === undefined && !sameSource) {
      added.push(fieldOf(path));
      continue;
    }
    const [difference, tolerance] =
      typeof there === 'number' && typeof here === 'number'
        ? [Math.abs(here - there), widening === null ? 0 : toleranceAt(path, there, here) * widening(path)]
        : [null, 0];
    if (difference !== null) {
      const deviation = { difference, tolerance };
      const known = largest[fieldOf(path)];
      if (known === undefined || shareOf(deviation) > shareOf(known)) largest[fieldOf(path)] = deviation;
    }
    if (difference === null || difference > tolerance)
      differences.push({ path, there: sized(there), here: sized(here), difference, tolerance });
  }
  return { differences, largest, added: [...new Set(added)] };
}

/** What is used up of the tolerance. */
export const shareOf = ({ difference, tolerance }: Deviation): number =>
  difference === 0 ? 0 : difference / tolerance;

const sized = (value: Json | undefined): Json => (Array.isArray(value) ? `${value.length} values` : (value ?? null));

/**
 * Without what does not repeat. Where the rounding is another, also without the bytes of activations (which depend on the engine), the
 * texts that were generated (one token that changes makes another text), and what a run went through that diverged: it does so again, but
 * its numbers on the way out of all bounds are noise.
 */
function compared(record: RunRecord, exact: boolean): Json {
  const { times: _, environment: __, ...all } = record;
  if (exact) return all as unknown as Json;
  const { samples: ___, ...rest } = all;
  const derived = rest.derived && { ...rest.derived, bytes: { ...rest.derived.bytes, activations: 0 } };
  if (rest.status === 'finished') return { ...rest, derived } as unknown as Json;
  const { schema, plan, status, before } = rest;
  return { schema, plan, status, before, derived } as unknown as Json;
}
