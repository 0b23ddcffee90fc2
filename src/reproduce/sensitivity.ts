/**
 * How much a run makes of a small change. At a high learning rate training is chaotic: rounding in the seventh digit becomes another
 * trajectory within some dozen steps, and no fixed tolerance tells that from an error. So where the rounding is another, a run is done a
 * second time, as a twin at a learning rate that is larger by a hundred-thousandth. How far the twin is from it at a step, as a multiple of
 * the tolerance, says how far rounding may have taken the record by then:
 *
 *     allowed(t) = tolerance · max(1, 10 · max over s ≤ t of |twin(s) − here(s)| / tolerance)
 *
 * At the start that is the tolerance itself, so that a formula that has changed is found also in a chaotic run.
 */
import type { Group } from '../experiment/groups.ts';
import { otherRun } from '../experiment/plan.ts';
import type { Json } from '../results/json.ts';
import type { RunRecord } from '../results/record.ts';
import { differingLeaves } from './leaves.ts';
import { toleranceAt } from './tolerance.ts';

const twinRate = 1 + 1e-5;
const margin = 10;
/** Where one of the two has no number any more. */
const beyondAll = 1e9;

/** The group of the twins of a group's runs. */
export function twinOf({ runs, ...group }: Group): Group {
  const twins = runs.map(({ group: place, ...run }) => ({
    ...otherRun(run, { ...run, learningRate: run.learningRate * twinRate }),
    group: place,
  }));
  return { ...group, runs: twins };
}

/** What a tolerance is multiplied by, for a number at a path of the record. */
export type Widening = (path: string) => number;

export function widening(here: RunRecord, twin: RunRecord): Widening {
  const leaves = differingLeaves(measuredOf(here), measuredOf(twin));
  const seen = leaves.map(({ path, there, here: other }) => {
    const step = stepAt(here, path);
    if (typeof there !== 'number' || typeof other !== 'number') return { step, share: beyondAll };
    const tolerance = toleranceAt(path, there, other);
    return { step, share: tolerance === 0 ? 0 : Math.abs(there - other) / tolerance };
  });
  return (path) => {
    const step = stepAt(here, path);
    return seen.reduce((most, one) => (one.step <= step ? Math.max(most, margin * one.share) : most), 1);
  };
}

function measuredOf({ history, evaluations, final, ranks }: RunRecord): Json {
  const { learningRate: _, ...columns } = history;
  return { history: columns, evaluations, final, ranks: ranks ?? null } as unknown as Json;
}

/** The training step that a number was measured at. */
function stepAt({ history, evaluations, ranks }: RunRecord, path: string): number {
  const index = Number(/\[(\d+)\]/.exec(path)?.[1]);
  if (path.startsWith('history.')) return history.step[index] ?? Infinity;
  if (path.startsWith('evaluations[')) return evaluations[index]?.step ?? Infinity;
  if (path.startsWith('ranks.')) return ranks?.step[index] ?? Infinity;
  return path.startsWith('before.') || path.startsWith('gradientsAtStart.') ? 0 : Infinity;
}
