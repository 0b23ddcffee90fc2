import { spearman } from '../../statistics/correlation.ts';
import type { SeedValue } from '../../results/estimate.ts';
import { type Claim, from } from '../claim.ts';
import { analysedVariant, type WeighedExperiment } from '../evidence.ts';
import { closeness, direction, type Finding, plain } from '../finding.ts';
import { bySeed, lossOf, ofRuns, slopes } from '../seedValues.ts';
import { armsOfRule, type RankArm, rankRules } from './rankRules.ts';

/** An exponent of less than this is flat: over ranks 1 to 96 it is a factor of less than 1.6. */
const flat = { margin: 0.1, marginIs: 'an exponent that small is called flat' };

export const scaleOfRank: Claim = {
  number: 7,
  claim:
    'With α fixed (s = α / r) gradients and ‖ΔW‖ fall with the rank, with rsLoRA (s = α / √r) gradients stay; forgetting follows ‖ΔW‖, not the rank.',
  sections: [from('rank-sweep', gradients), from('rank-sweep', norms)],
};

function gradients(experiment: WeighedExperiment): Finding[] {
  const exponent = (rule: string): number[] => exponents(armsOfRule(experiment, rule), gradientOf);
  return [
    direction('α fixed: exponent of the gradient at step 0 in the rank', exponent('α fixed'), 'below', plain),
    closeness('rsLoRA: exponent of the gradient at step 0 in the rank', exponent('rsLoRA'), flat, { unit: plain }),
  ];
}

const gradientOf = ({ best }: RankArm): SeedValue[] =>
  ofRuns(best.runs, ({ gradientsAtStart }) =>
    Math.sqrt(Object.values(gradientsAtStart).reduce((sum: number, norm) => sum + (norm ?? NaN) ** 2, 0)),
  );

function norms(experiment: WeighedExperiment): Finding[] {
  const normOf = ({ variant }: RankArm): SeedValue[] =>
    analysedVariant(experiment, variant).runs.map(({ seed, norm }) => ({
      seed,
      value: Math.sqrt(norm.reduce((sum, ofSite) => sum + ofSite ** 2, 0)),
    }));
  const arms = rankRules.flatMap((rule) => armsOfRule(experiment, rule));
  const source = arms.map(({ best }) => lossOf(best, 'retain'));
  const follows = bySeed([...source, ...arms.map(normOf)], (values) => {
    const [losses, sizes] = [values.slice(0, arms.length), values.slice(arms.length)];
    const ofNorm = spearman(losses, sizes) ?? 0;
    return (
      Math.abs(ofNorm) -
      Math.abs(
        spearman(
          losses,
          arms.map(({ rank }) => rank),
        ) ?? 0,
      )
    );
  });
  return [
    direction(
      'α fixed, each rank at its best rate: exponent of ‖ΔW‖ in the rank',
      exponents(armsOfRule(experiment, 'α fixed'), normOf),
      'below',
      plain,
    ),
    direction(
      'rank correlation of the source loss with ‖ΔW‖ less that with the rank, over all arms (both without sign)',
      follows,
      'above',
      plain,
    ),
  ];
}

/** Of each seed: the slope of ln(quantity) in ln(rank). */
const exponents = (arms: readonly RankArm[], of: (arm: RankArm) => readonly SeedValue[]): number[] =>
  slopes(
    arms.map(({ rank }) => Math.log(rank)),
    arms.map((arm) => of(arm).map(({ seed, value }) => ({ seed, value: Math.log(value) }))),
  );
