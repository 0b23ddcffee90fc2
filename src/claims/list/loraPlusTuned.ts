import { learningRateText } from '../../report/numberText.ts';
import { type Claim, from } from '../claim.ts';
import { bestOf, type WeighedExperiment } from '../evidence.ts';
import { direction, type Finding, remark } from '../finding.ts';
import { NotMeasured } from '../notMeasured.ts';
import { less, lossOf } from '../seedValues.ts';
import { lossesAtRate } from './ratesOfSeeds.ts';

const fast = 'λ 16';

export const loraPlusTuned: Claim = {
  number: 13,
  claim: 'LoRA+’s advantage shrinks when LoRA’s own rate is tuned.',
  sections: [from('lora-plus-ratio', shrinks)],
};

/**
 * Untuned is LoRA at the rate that is best for λ = 16. The advantage then less the advantage over tuned LoRA is what LoRA gains by
 * its own rate.
 */
function shrinks(experiment: WeighedExperiment): Finding[] {
  const [plus, lora] = [bestOf(experiment, fast), bestOf(experiment, 'LoRA')];
  const untuned = lossesAtRate(experiment, 'LoRA', plus.learningRate);
  const rate = learningRateText(plus.learningRate);
  if (untuned.length === 0) throw new NotMeasured(`LoRA has no run at ${rate}, the best rate of λ = 16`);
  const mean = (values: readonly number[]): string =>
    (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(3);
  return [
    direction(
      `target test loss, LoRA at ${rate} less LoRA at its best rate (by as much the advantage shrinks)`,
      less(untuned, lossOf(lora)),
      'above',
    ),
    remark(
      `λ = 16 is ahead by ${mean(less(untuned, lossOf(plus)))} nats of LoRA at the same rate, ${rate}, and by ${mean(less(lossOf(lora), lossOf(plus)))} of LoRA at its best, ${learningRateText(lora.learningRate)} (negative: behind)`,
    ),
  ];
}
