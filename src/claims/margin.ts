/** The one margin of the page: what counts as no difference that matters. */
import type { Closeness } from './finding.ts';
import type { BestRateSummary } from '../results/summary.ts';

/** Of what the reference gains on the base: who is within it has 99 % of the gain. */
const ofGain = 0.01;
/** Of the loss that is left: where the base knew nothing of the target, a hundredth of the gain would be most of what is left. */
const ofLoss = 0.1;

/**
 * In nats of target test loss, the smaller of 1 % of the fall from the base to the reference and 10 % of the loss that the reference
 * ends with. A reference that gains nothing has no margin.
 */
export function marginOf({ base, learn }: BestRateSummary, reference: string): Pick<Closeness, 'margin' | 'marginIs'> {
  const left = learn.lossNats.mean;
  const [gain, loss] = [ofGain * Math.max(0, base.learnLossNats - left), ofLoss * left];
  return gain <= loss
    ? { margin: gain, marginIs: `${100 * ofGain} % of what ${reference} gains on the base` }
    : { margin: loss, marginIs: `${100 * ofLoss} % of the loss that is left to ${reference}` };
}
