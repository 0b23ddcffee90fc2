import type { SeedValue } from '../../results/estimate.ts';
import { type Claim, from } from '../claim.ts';
import { analysedVariant, analysisOf, bestOf, type WeighedExperiment } from '../evidence.ts';
import { closeness, direction, type Finding, ratio } from '../finding.ts';
import { NotMeasured } from '../notMeasured.ts';
import { less } from '../seedValues.ts';

const aTenth = { margin: Math.log(1.1), marginIs: 'a tenth' };

export const orthogonality: Claim = {
  number: 11,
  claim: 'AdaLoRA’s penalty pulls ‖PᵀP − I‖ down from its start; without it (γ = 0) it does not fall.',
  sections: [from('adalora-ablation', penaltyFalls), from('adalora-ablation', withoutPenalty)],
};

/** The penalty is γ times the mean of ‖PᵀP − I‖ over all factors, so its own fall is that of the mean. */
function penaltyFalls(experiment: WeighedExperiment): Finding[] {
  const falls = bestOf(experiment, 'AdaLoRA').runs.flatMap(({ history: { penalty } }) => {
    const [first, last] = [penalty?.[0], penalty?.at(-1)];
    return first && last ? [Math.log(last / first)] : [];
  });
  if (falls.length === 0) throw new NotMeasured('no penalty was recorded');
  return [direction('γ > 0: mean ‖PᵀP − I‖ at the end over that at the start', falls, 'below', ratio)];
}

function withoutPenalty(experiment: WeighedExperiment): Finding[] {
  const end = (variant: string): SeedValue[] => {
    const { runs } = analysedVariant(experiment, variant);
    return runs.flatMap(({ seed, orthogonality: found }) => {
      const norms = [...(found?.down ?? []), ...(found?.up ?? [])].flatMap((norm) => norm ?? []);
      return norms.length > 0 ? [{ seed, value: Math.log(mean(norms)) }] : [];
    });
  };
  const start = Math.log(expectedStart(experiment));
  return [
    direction('‖PᵀP − I‖ at the end, γ > 0 over γ = 0', less(end('AdaLoRA'), end('no penalty')), 'below', ratio),
    closeness(
      'γ = 0: ‖PᵀP − I‖ at the end over what its start is drawn with',
      end('no penalty').map(({ value }) => value - start),
      aTenth,
      { side: 'below', unit: ratio },
    ),
  ];
}

/** Of factors [d, r] with entries N(0, σ²): the root of the mean square, E‖PᵀP − I‖² = r ((dσ² − 1)² + 2dσ⁴) + r (r − 1) dσ⁴. */
function expectedStart(experiment: WeighedExperiment): number {
  const { update } = bestOf(experiment, 'no penalty').runs[0]!.plan.recipe as {
    update?: { rank?: number; sigma?: number };
  };
  const { rank: r, sigma = 0.02 } = update ?? {};
  if (r === undefined) throw new NotMeasured("the recipe of 'no penalty' has no rank");
  const { sites } = analysisOf(experiment);
  const own = analysedVariant(experiment, 'no penalty').sites.flatMap((index) => sites[index]!.shape);
  return mean(
    own.map((d) => {
      const variance = d * sigma ** 4;
      return Math.sqrt(r * ((d * sigma ** 2 - 1) ** 2 + 2 * variance) + r * (r - 1) * variance);
    }),
  );
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
