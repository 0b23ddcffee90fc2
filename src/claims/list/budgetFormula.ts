/**
 * AdaLoRA's budget as its official code has it, written here once more from the formula, so that records are not checked by the code
 * that made them: b₀ up to tᵢ, b_T after T − t_f, between them trunc(b_T + (b₀ − b_T)(1 − (t − tᵢ) / (T − t_f − tᵢ))³).
 */
import { NotMeasured } from '../notMeasured.ts';
import type { FinishedRun } from '../../results/record.ts';
import type { RunPlan } from '../../results/record/plan.ts';

interface AllocatorSpec {
  readonly target: number;
  /** A tenth of the run unless given. */
  readonly warmup?: number;
  /** A quarter of the run unless given. */
  readonly tail?: number;
}

export function budgetFormula({ recipe, train }: RunPlan, { sites }: FinishedRun['derived']): (step: number) => number {
  const { target, warmup, tail } = (recipe.control ?? {}) as Partial<AllocatorSpec>;
  const { steps } = train;
  if (target === undefined || typeof steps !== 'number')
    throw new NotMeasured('a recipe with a rank allocator does not say its target, or its plan how many steps');
  const first = warmup ?? Math.floor(steps / 10);
  const last = steps - (tail ?? Math.floor(steps / 4));
  const start = sites.rank.reduce<number>((sum, rank) => sum + (rank ?? 0), 0);
  const end = target * sites.name.length;
  return (step) => {
    if (step <= first) return start;
    if (step > last) return end;
    return Math.trunc(end + (start - end) * (1 - (step - first) / (last - first)) ** 3);
  };
}
