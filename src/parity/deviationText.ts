/** Deviations in words, for a terminal and for pages. */
import type { CaseResult, Deviation } from './caseResult.ts';

/** Two digits: 3.1e-5, 2e-5, 0. */
export const short = (value: number): string => (value === 0 ? '0' : value.toExponential(1).replace('.0e', 'e'));

/** The part of the tolerance that is used up; where that is zero, any deviation is beyond it. */
export const share = ({ value, tolerance }: Deviation): number =>
  value === 0 ? 0 : Number.isNaN(value) ? Infinity : value / tolerance;

/** The name and the deviation with the largest share, or null where nothing was compared. */
export function worstOf(deviations: CaseResult['deviations']): readonly [what: string, Deviation] | null {
  const [worst] = Object.entries(deviations).toSorted(([, a], [, b]) => (share(a) < share(b) ? 1 : -1));
  return worst ?? null;
}

export const toleranceText = ({ tolerance, factor }: Deviation): string =>
  factor === undefined ? short(tolerance) : `${short(tolerance)} (${factor} times the case's)`;
