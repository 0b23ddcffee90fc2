import type { SeedValue } from '../../results/estimate.ts';
import { type Claim, from } from '../claim.ts';
import { analysedVariant, bestOf, type WeighedExperiment } from '../evidence.ts';
import { direction, type Finding, nats, plain } from '../finding.ts';
import { NotMeasured } from '../notMeasured.ts';
import { bySeed, less, lossOf, slopes } from '../seedValues.ts';

/** Ranks that are called small. */
const small = 4;

export const doraRank: Claim = {
  number: 16,
  claim:
    'DoRA learns better than LoRA at small ranks and the gap closes as the rank grows; ΔM and ΔD go against each other in full fine-tuning and DoRA, together in LoRA.',
  sections: [from('dora-rank', gaps), from('dora-rank', movements)],
};

function gaps(experiment: WeighedExperiment): Finding[] {
  const ranks = experiment.summary.variants
    .flatMap(({ factors: { rank, method } }) => (method === 'DoRA' && typeof rank === 'number' ? [rank] : []))
    .sort((a, b) => a - b);
  if (ranks.length < 2) throw new NotMeasured('there are fewer than two ranks of DoRA');
  const advantage = (rank: number): SeedValue[] => {
    const [lora, dora] = [`LoRA ${rank}`, `DoRA ${rank}`].map((variant) => lossOf(bestOf(experiment, variant)));
    return lora!.flatMap(({ seed, value }) => {
      const other = dora!.find((one) => one.seed === seed);
      return other ? [{ seed, value: value - other.value }] : [];
    });
  };
  return [
    ...ranks
      .filter((rank) => rank <= small)
      .map((rank) =>
        direction(
          `rank ${rank}: target test loss, DoRA less LoRA`,
          less(lossOf(bestOf(experiment, `DoRA ${rank}`)), lossOf(bestOf(experiment, `LoRA ${rank}`))),
          'below',
        ),
      ),
    direction(
      `change of DoRA’s advantage with each doubling of the rank, ${ranks[0]} to ${ranks.at(-1)}`,
      slopes(ranks.map(Math.log2), ranks.map(advantage)),
      'below',
      nats,
    ),
  ];
}

function movements(experiment: WeighedExperiment): Finding[] {
  const correlation = (variant: string): number[] => {
    const { runs } = analysedVariant(experiment, variant);
    const values = runs.flatMap(({ seed, movement }) =>
      movement?.correlation == null ? [] : [{ seed, value: movement.correlation }],
    );
    if (values.length === 0) throw new NotMeasured(`'${variant}' has no trajectory of ΔM and ΔD`);
    return bySeed([values], ([value]) => value!);
  };
  const asked: [variant: string, claimed: 'below' | 'above'][] = [
    ['full', 'below'],
    ['DoRA 8', 'below'],
    ['LoRA 8', 'above'],
  ];
  return asked.map(([variant, claimed]) =>
    direction(`correlation of ΔM and ΔD, ${variant}`, correlation(variant), claimed, plain),
  );
}
