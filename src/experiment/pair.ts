/** What groups must share to be done with the same material. */
import type { Run } from './plan.ts';

/** A key of base, target and longest text; the source is every run's. */
export const pairOf = ({ base, learn, train }: Pick<Run, 'base' | 'learn' | 'train'>): string =>
  JSON.stringify([base, learn, train.maxLength]);
