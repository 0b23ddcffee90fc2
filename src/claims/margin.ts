/** The one margin of the page: what counts as no difference that matters. */
import type { Closeness } from './finding.ts';
import type { BestRateSummary } from '../results/summary.ts';

/** Of what the reference gains on the base: who is within it has 99 % of the gain. */
const share = 0.01;

/** 1 % of the fall in target test loss from the base to the reference, in nats. A reference that gains nothing has no margin. */
export function marginOf({ base, learn }: BestRateSummary, reference: string): Pick<Closeness, 'margin' | 'marginIs'> {
  const margin = share * Math.max(0, base.learnLossNats - learn.lossNats.mean);
  return { margin, marginIs: `${100 * share} % of what ${reference} gains on the base` };
}
