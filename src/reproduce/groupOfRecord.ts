/** The group that a record was made in: a run that is done again needs the same company for the same rounding. */
import { RequestError } from '../errors.ts';
import { type Group, groupsOf } from '../experiment/groups.ts';
import { otherRun, type Run } from '../experiment/plan.ts';
import { differences } from '../results/difference.ts';
import type { PlannedRun } from '../results/experimentPlan.ts';
import type { Json } from '../results/json.ts';
import type { RunRecord } from '../results/record.ts';
import type { Store } from '../results/store.ts';

export interface Source {
  readonly store: Store;
  /** The runs that the experiment file makes now, as written. */
  readonly runs: readonly Run[];
  /** For messages. */
  readonly file: string;
}

/** Throws a RequestError where the experiment file does not make the run, or another of the group, any more, and says what differs. */
export function groupOfRecord(record: RunRecord, source: Source): Group {
  const { variant, round = 0, group } = record.plan;
  const there = source.store
    .read()
    .filter(({ plan }) => plan.group.id === group.id)
    .toSorted((a, b) => a.plan.group.lane - b.plan.group.lane);
  for (const one of [record, ...there]) runOf(one, source);
  const whole = there.length === group.lanes && there.every(({ plan }, lane) => plan.group.lane === lane);
  if (!whole) return groupOfPlan(record, source);
  const runs = there.map((one) => ({ ...runOf(one, source), group: one.plan.group }));
  return { id: group.id, variant, round, runs };
}

/** The run of a record as the file makes it. */
function runOf({ plan }: RunRecord, { runs, file }: Source): Run {
  const own = runs.find(({ variant }) => variant === plan.variant);
  if (!own) throw new RequestError(`${file} has no variant "${plan.variant}" any more, of which there are records`);
  const made = otherRun(own, plan);
  if (made.hash === plan.hash) return made;
  const { group: _, hash: __, question: ___, experiment: ____, ...before } = plan;
  const now = Object.fromEntries(Object.keys(before).map((key) => [key, made[key as keyof Run]]));
  const lines = differences(before as unknown as Json, now as unknown as Json, '').slice(0, 5);
  throw new RequestError(
    `${file} no longer makes the run ${plan.variant} at ${plan.learningRate}, seed ${plan.seed}:` +
      `${lines.map((line) => `\n  ${line}`).join('') || ' its hash is another'}\n` +
      'Restore the file, its data and its base as they were when the records were made.',
  );
}

/** Most lanes that any engine takes. */
const mostLanes = 64;

/**
 * From the plan, where records of the group are missing or were done again in other company: seeds were added since. The group's name
 * holds a hash of its runs, so the right one is known when it is found.
 */
function groupOfPlan({ plan }: RunRecord, { store, runs }: Source): Group {
  const { variant, round, group } = plan;
  const own = runs.find((run) => run.variant === variant)!;
  const planned = store.plan.runs.filter((run) => run.variant === variant && run.round === round);
  const seeds = [...new Set(planned.map(({ seed }) => seed))];
  for (let count = seeds.length; count >= 1; count--) {
    const some = seeds.slice(0, count);
    const then = planned.filter(({ seed }) => some.includes(seed)).map((run) => asRun(own, run));
    for (let lanes = 1; lanes <= mostLanes; lanes++) {
      const found = groupsOf(then, lanes).find(({ id }) => id === group.id);
      if (found) return found;
    }
  }
  throw new RequestError(
    `the record of ${variant} at ${plan.learningRate}, seed ${plan.seed} was made in a group of ${group.lanes} (${group.id}), ` +
      'of which records are missing; restore them, or run the experiment again',
  );
}

const asRun = (own: Run, { learningRate, seed, round }: PlannedRun): Run =>
  otherRun(own, { learningRate, seed, round });
