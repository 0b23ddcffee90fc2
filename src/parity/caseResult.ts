/** What `parity` says about one reference case. */
export type CaseKind = 'run' | 'model' | 'tokenizer' | 'quantization' | 'optimizer' | 'statistics' | 'metrics';

export interface Deviation {
  /** Largest distance from the reference. */
  readonly value: number;
  readonly tolerance: number;
  /** What the case's own tolerance was multiplied by for the engine (engineTolerance.ts); absent where that is 1. */
  readonly factor?: number;
}

export interface CaseResult {
  readonly name: string;
  readonly kind: CaseKind;
  readonly status: 'passed' | 'failed' | 'declined';
  readonly deviations: { readonly [what: string]: Deviation };
  readonly seconds: number;
  /** Why it was declined, or what went wrong besides a deviation. */
  readonly reason?: string;
}

/** Passed when every deviation is a number within its tolerance. */
export function judged(deviations: { readonly [what: string]: Deviation }): 'passed' | 'failed' {
  const within = Object.values(deviations).every(({ value, tolerance }) => value <= tolerance);
  return within && Object.keys(deviations).length > 0 ? 'passed' : 'failed';
}

/** Largest absolute difference; infinite when lengths differ or anything is not a number. */
export function largestDifference(got: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (got.length !== wanted.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < got.length; i++) {
    const difference = Math.abs(got[i] - wanted[i]);
    if (Number.isNaN(difference)) return Infinity;
    if (difference > largest) largest = difference;
  }
  return largest;
}

/** Largest difference relative to the wanted value; a wanted zero must be met exactly. */
export function largestRelativeDifference(got: readonly number[], wanted: readonly number[]): number {
  if (got.length !== wanted.length) return Infinity;
  return got.reduce((largest, value, i) => {
    const difference = value === wanted[i] ? 0 : Math.abs(value / wanted[i] - 1);
    return Number.isNaN(difference) ? Infinity : Math.max(largest, difference);
  }, 0);
}
