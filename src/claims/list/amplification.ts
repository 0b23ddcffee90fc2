import type { SeedValue } from '../../results/estimate.ts';
import { type Claim, from } from '../claim.ts';
import { analysedVariant, type WeighedExperiment } from '../evidence.ts';
import { direction, type Finding, plain, ratio } from '../finding.ts';
import { slopes } from '../seedValues.ts';
import { armsOfRule } from './rankRules.ts';

const rule = 'α ∝ r';

export const amplification: Claim = {
  number: 20,
  claim:
    'ΔW amplifies directions that W has but little of: by much more than one at a small rank, by less at a larger.',
  sections: [from('rank-sweep', factors)],
};

/** Of each run the mean over sites of ln(factor), ‖ΔW‖ over the norm of W in its first eight directions (its rank, where that is lower). */
function factors(experiment: WeighedExperiment): Finding[] {
  const arms = armsOfRule(experiment, rule);
  const factor = (variant: string): SeedValue[] =>
    analysedVariant(experiment, variant).runs.flatMap(({ seed, amplification: { factor: bySite } }) => {
      const logs = bySite.flatMap((value) => (value !== null && value > 0 ? [Math.log(value)] : []));
      return logs.length === 0 ? [] : [{ seed, value: logs.reduce((a, b) => a + b, 0) / logs.length }];
    });
  const smallest = arms[0]!;
  return [
    direction(
      `factor at rank ${smallest.rank}`,
      factor(smallest.variant).map(({ value }) => value),
      'above',
      ratio,
    ),
    direction(
      `exponent of the factor in the rank, ${smallest.rank} to ${arms.at(-1)!.rank}`,
      slopes(
        arms.map(({ rank }) => Math.log(rank)),
        arms.map(({ variant }) => factor(variant)),
      ),
      'below',
      plain,
    ),
  ];
}
