/**
 * Which runs go through their steps together, as lanes. A function of the plan and of how many lanes are wanted (lanes.ts: of the
 * plan's data and the engine) alone, so that a run that is done again has the same company and the same rounding.
 */
import { fileNameOf } from '../results/store.ts';
import type { RunPlan } from '../results/record/plan.ts';
import type { Lanes } from './lanes.ts';
import { pairOf } from './pair.ts';
import { planHash, type Run } from './plan.ts';

export interface Group {
  /** A name that fits in a file's. */
  readonly id: string;
  readonly variant: string;
  /** The extension of the grid that it belongs to; 0 where it is of the grid as written. */
  readonly round: number;
  /** One a lane. */
  readonly runs: readonly RunPlan[];
}

/** Groups of a variant, where it has as many seeds: two processes have something to do, whatever the engine likes. */
const fewestGroups = 2;

/**
 * The runs of one variant, one seed and one round (the rates that a grid is extended by are groups of their own), at all its learning
 * rates, in as few groups of at most `lanes` as it takes. Where these are few, several seeds go together. In the plan's order, but
 * variants of the same base and target come one after the other.
 */
export function groupsOf(runs: readonly Run[], most: number | Lanes): Group[] {
  return parts(runs).flatMap((own) => {
    const lanes = typeof most === 'number' ? most : most[own[0]!.variant]!;
    const seeds = [...new Set(own.map(({ seed }) => seed))];
    const rates = new Set(own.map(({ learningRate }) => learningRate)).size;
    const together = Math.max(1, Math.min(Math.floor(lanes / rates), Math.ceil(seeds.length / fewestGroups)));
    return chunks(seeds, together)
      .flatMap((some) => {
        const company = own.filter(({ seed }) => some.includes(seed));
        return chunks(company, Math.ceil(company.length / Math.ceil(company.length / lanes)));
      })
      .map((company, index) => groupOf(index, company));
  });
}

const roundOf = ({ round = 0 }: Run): number => round;

/** The runs of a variant and a round, in the order of the rounds; in each, pair by pair, else in the plan's order. */
function parts(runs: readonly Run[]): Run[][] {
  const rounds = [...new Set(runs.map(roundOf))].toSorted((a, b) => a - b);
  const pairs = new Map<string, Set<string>>();
  for (const run of runs) pairs.set(pairOf(run), (pairs.get(pairOf(run)) ?? new Set()).add(run.variant));
  const variants = [...pairs.values()].flatMap((names) => [...names]);
  return rounds
    .flatMap((round) =>
      variants.map((variant) => runs.filter((run) => run.variant === variant && roundOf(run) === round)),
    )
    .filter(({ length }) => length > 0);
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  const count = Math.ceil(list.length / size);
  return Array.from({ length: count }, (_, i) => list.slice(i * size, (i + 1) * size));
}

function groupOf(index: number, runs: readonly Run[]): Group {
  const [{ variant, round = 0 }] = runs as [Run, ...Run[]];
  const id = `${fileNameOf(variant)}-${index}-${planHash(runs.map(({ hash }) => hash)).slice(0, 8)}`;
  const lanes = runs.length;
  return { id, variant, round, runs: runs.map((run, lane) => ({ ...run, group: { id, lanes, lane } })) };
}
