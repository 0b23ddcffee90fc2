import { type Claim, from } from '../claim.ts';
import { bestOf, type WeighedExperiment } from '../evidence.ts';
import { closeness, direction, fact, type Finding } from '../finding.ts';
import { countText } from '../../report/numberText.ts';
import { marginOf } from '../margin.ts';
import { less, lossOf } from '../seedValues.ts';
import { armsOfRule, rankRules } from './rankRules.ts';

/** The claim's own: what more rank is measured against. */
const saturated = 8;

export const rankSaturation: Claim = {
  number: 6,
  claim: 'The loss is saturated by rank 4 to 8: more rank brings nothing, while trained parameters grow with it.',
  sections: [
    from('rank-sweep', (experiment) => [
      ...rankRules.flatMap((rule) => saturation(experiment, rule)),
      linear(experiment),
    ]),
  ],
};

function saturation(experiment: WeighedExperiment, rule: string): Finding[] {
  const arms = armsOfRule(experiment, rule);
  const at = (rank: number): string => `rank ${rank}, ${rule}`;
  const reference = bestOf(experiment, at(saturated));
  const above = arms.filter(({ rank }) => rank > saturated);
  const [lowest] = arms;
  return [
    ...(lowest && lowest.rank < saturated
      ? [
          direction(
            `${rule}: target test loss, rank ${lowest.rank} less rank ${saturated}`,
            less(lossOf(lowest.best), lossOf(reference)),
            'above',
          ),
        ]
      : []),
    ...above.map(({ rank, best }) =>
      closeness(
        `${rule}: rank ${rank} less rank ${saturated}`,
        less(lossOf(best), lossOf(reference)),
        marginOf(reference, at(saturated)),
        { side: 'below' },
      ),
    ),
  ];
}

function linear(experiment: WeighedExperiment): Finding {
  const arms = rankRules.flatMap((rule) => armsOfRule(experiment, rule));
  const perRank = arms.map(({ rank, best }) => best.trainableParameters / rank);
  const [low, high] = [Math.min(...perRank), Math.max(...perRank)];
  const [least, most] = [countText(low), countText(high)];
  return fact(low === high, `every unit of rank trains ${low === high ? least : `${least} to ${most}`} parameters`);
}
