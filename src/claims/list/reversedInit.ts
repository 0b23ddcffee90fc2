import { learningRateText as rateText } from '../../report/numberText.ts';
import { type Claim, fromEach } from '../claim.ts';
import { bestOf, type WeighedExperiment } from '../evidence.ts';
import { direction, type Finding, ratio, remark } from '../finding.ts';
import { less, lossOf } from '../seedValues.ts';
import { bestRateOfSeeds, lossesAtRate } from './ratesOfSeeds.ts';

const [initA, initB] = ['normal/zero', 'zero/normal'];

export const reversedInit: Claim = {
  number: 4,
  claim:
    'Drawing A (B zero) allows a higher rate than drawing B (A zero), and at each best rate learns as well or better; at a small fixed rate the order may turn.',
  sections: fromEach(['initialization', 'initialization-stories'], orders),
};

function orders(experiment: WeighedExperiment): Finding[] {
  const [a, b] = [bestOf(experiment, initA), bestOf(experiment, initB)];
  const logs = (variant: string): ReturnType<typeof bestRateOfSeeds> => bestRateOfSeeds(experiment, variant);
  return [
    direction('best rate of each seed, A drawn over B drawn', less(logs(initA), logs(initB)), 'above', ratio),
    direction('target test loss at the best rates, A drawn less B drawn', less(lossOf(a), lossOf(b)), 'below'),
    remark(
      `the rates chosen over all seeds are ${rateText(a.learningRate)} with A drawn and ${rateText(b.learningRate)} with B drawn`,
    ),
    ...atSmallRate(experiment),
  ];
}

/** "May" turn: said, and not judged. */
function atSmallRate(experiment: WeighedExperiment): Finding[] {
  const rates = (variant: string): number[] =>
    experiment.summary.variants.find((one) => one.variant === variant)!.rates.map(({ learningRate }) => learningRate);
  const shared = rates(initA).filter((rate) => rates(initB).includes(rate));
  if (shared.length === 0) return [];
  const rate = Math.min(...shared);
  const differences = less(lossesAtRate(experiment, initA, rate), lossesAtRate(experiment, initB, rate));
  if (differences.length === 0) return [];
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  return [
    remark(
      `at the smallest rate of both, ${rateText(rate)}, ${mean < 0 ? 'A' : 'B'} drawn is ahead by ${Math.abs(mean).toFixed(3)} nats in the mean, which is not judged`,
    ),
  ];
}
