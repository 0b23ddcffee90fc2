/** Length of the gradient by role (A, B, λ, magnitude …) over the steps of training, before clipping, from a record's `history`. */
import type { History } from '../results/record/measured.ts';

export interface GradientNormRow {
  role: string;
  step: number;
  /** Geometric mean over seeds and over the steps since the row before: norms differ by factors. */
  norm: number;
}

/**
 * At most `points` rows a role; the histories are those of one variant's seeds. A norm of zero has no logarithm and is left out of
 * the mean; where all of a stretch are zero, so is the row.
 */
export function gradientNorms(
  histories: readonly Pick<History, 'step' | 'gradientNormByRole'>[],
  points = 60,
): GradientNormRow[] {
  const steps = histories[0]?.step ?? [];
  const every = Math.max(1, Math.ceil(steps.length / points));
  const roles = [...new Set(histories.flatMap(({ gradientNormByRole }) => Object.keys(gradientNormByRole)))];
  return roles.flatMap((role) =>
    steps.flatMap((step, index): GradientNormRow[] => {
      if ((index + 1) % every !== 0) return [];
      const since = steps[index - every] ?? -Infinity;
      const norms = histories.flatMap((history) => {
        const column = history.gradientNormByRole[role] ?? [];
        return history.step.flatMap((at, row) => (at > since && at <= step ? (column[row] ?? []) : []));
      });
      if (norms.length === 0) return [];
      const positive = norms.filter((norm) => norm > 0);
      const logarithms = positive.reduce((sum, norm) => sum + Math.log(norm), 0);
      return [{ role, step, norm: positive.length === 0 ? 0 : Math.exp(logarithms / positive.length) }];
    }),
  );
}
