import { type Claim, from } from '../claim.ts';
import { bestOf, type WeighedExperiment } from '../evidence.ts';
import { closeness, direction, type Finding, missing, ratio, remark } from '../finding.ts';
import { less } from '../seedValues.ts';
import { bestRateOfSeeds } from './ratesOfSeeds.ts';

/** Ten times, give or take the ratio of two neighbours in the grids of rates. */
const tenTimes = { margin: Math.log(10 / 3), marginIs: 'about a step of the grids of rates' };

/** All that were run. */
const domains = ['sums', 'programs', 'errors'];
const ranks = [1, 8, 64];

export const learnsLess: Claim = {
  number: 18,
  claim:
    'LoRA forgets less than full fine-tuning that has learnt the target as well, and its best rate is about ten times that of full fine-tuning.',
  sections: [
    ...domains.map((domain) =>
      from('learning-and-forgetting', (experiment) => forgetsLess(experiment, `LoRA, ${domain}`, `full, ${domain}`)),
    ),
    ...ranks.map((rank) =>
      from('learning-and-forgetting-stories', (experiment) => forgetsLess(experiment, `LoRA ${rank}`, 'full')),
    ),
  ],
};

function forgetsLess(experiment: WeighedExperiment, lora: string, full: string): Finding[] {
  const matched = bestOf(experiment, lora).against?.matched;
  const rates = less(bestRateOfSeeds(experiment, lora), bestRateOfSeeds(experiment, full));
  const { learn } = bestOf(experiment, lora);
  return [
    matched && matched.reference === full
      ? direction(
          `${lora} less ${full}, source validation loss where both have come down to ${matched.targetLossNats.toFixed(3)} nats on the target`,
          less(matched.source.variant.values, matched.source.reference.values),
          'below',
        )
      : missing(`${lora} and ${full} have no target loss that all runs of both reach`),
    remark(
      `at their ends the target test losses are ${learn.lossNats.mean.toFixed(3)} (${lora}) and ${bestOf(experiment, full).learn.lossNats.mean.toFixed(3)} (${full})`,
    ),
    closeness(
      `best rate of each seed, ${lora} over ten times ${full}`,
      rates.map((value) => value - Math.log(10)),
      tenTimes,
      { unit: ratio },
    ),
  ];
}
