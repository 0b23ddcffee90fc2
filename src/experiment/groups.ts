/**
 * Which runs go through their steps together, as lanes. A function of the plan and the engine's lane cap alone, so that a run that
 * is done again has the same company and the same rounding.
 */
import { fileNameOf } from '../results/store.ts';
import type { RunPlan } from '../results/record/plan.ts';
import { planHash, type Run } from './plan.ts';

export interface Group {
  /** A name that fits in a file's. */
  readonly id: string;
  readonly variant: string;
  /** One a lane. */
  readonly runs: readonly RunPlan[];
}

/** Runs of one variant, in plan order, in groups of equal size (one apart) of at most `laneCap`. */
export function groupsOf(runs: readonly Run[], laneCap: number): Group[] {
  const variants = [...new Set(runs.map(({ variant }) => variant))];
  return variants.flatMap((variant) => {
    const own = runs.filter((run) => run.variant === variant);
    const count = Math.ceil(own.length / laneCap);
    return Array.from({ length: count }, (_, index) => {
      const from = Math.floor((index * own.length) / count);
      return groupOf(variant, index, own.slice(from, Math.floor(((index + 1) * own.length) / count)));
    });
  });
}

function groupOf(variant: string, index: number, runs: readonly Run[]): Group {
  const id = `${fileNameOf(variant)}-${index}-${planHash(runs.map(({ hash }) => hash)).slice(0, 8)}`;
  const lanes = runs.length;
  return { id, variant, runs: runs.map((run, lane) => ({ ...run, group: { id, lanes, lane } })) };
}
