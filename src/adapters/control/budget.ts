/**
 * AdaLoRA's budget of singular values at a step (counted from 1), over all sites:
 *
 *   b(t) = b₀ for t ≤ tᵢ;   b_T for t > T − t_f;   else trunc(b_T + (b₀ − b_T) (1 − (t − tᵢ) / (T − t_f − tᵢ))³).
 *
 * This is the official code's cubic, and PEFT's. The paper's printed Eq. 14 misses both of its end points.
 */
export interface BudgetSchedule {
  readonly initial: number;
  readonly final: number;
  /** Steps before the first pruning (tᵢ). */
  readonly warmup: number;
  /** Steps at the end that train at the final budget (t_f). */
  readonly tail: number;
  /** Steps of the run (T). */
  readonly steps: number;
  /** A new mask every so many steps. */
  readonly every: number;
}

export function budgetAt(step: number, { initial, final, warmup, tail, steps }: BudgetSchedule): number {
  if (step <= warmup) return initial;
  if (step > steps - tail) return final;
  const left = 1 - (step - warmup) / (steps - tail - warmup);
  return Math.trunc(final + (initial - final) * left ** 3);
}

/** Whether the mask is chosen anew at a step: on the beat while the budget falls, and once more when it is final. */
export function choosesMask(step: number, { warmup, tail, steps, every }: BudgetSchedule): boolean {
  if (step === steps - tail) return true;
  return step > warmup && step < steps - tail && step % every === 0;
}
