import type { SeedValue } from '../../results/estimate.ts';
import { type Claim, from } from '../claim.ts';
import type { WeighedExperiment } from '../evidence.ts';
import { direction, type Finding } from '../finding.ts';
import { less, lossOf } from '../seedValues.ts';
import { cellOf, examplesOf, digitsOf } from './dataCells.ts';

const rank = '4';

export const lowData: Claim = {
  number: 23,
  claim: 'With 100 examples LoRA learns better than full fine-tuning; with more they converge.',
  sections: [from('rank-data-difficulty', fewExamples)],
};

function fewExamples(experiment: WeighedExperiment): Finding[] {
  const examples = examplesOf(experiment);
  const [fewest, most] = [examples[0]!, examples.at(-1)!];
  return digitsOf(experiment).flatMap((digits) => {
    const loss = (of: string, count: number): readonly SeedValue[] =>
      lossOf(cellOf(experiment, { rank: of, examples: count, digits }));
    const advantage = (count: number): SeedValue[] =>
      loss('full', count).flatMap(({ seed, value }) => {
        const lora = loss(rank, count).find((one) => one.seed === seed);
        return lora ? [{ seed, value: value - lora.value }] : [];
      });
    const task = `sums of ${digits} digits`;
    return [
      direction(
        `${task}, ${fewest} examples: target test loss, LoRA of rank ${rank} less full fine-tuning`,
        less(loss(rank, fewest), loss('full', fewest)),
        'below',
      ),
      direction(
        `${task}: LoRA’s advantage with ${most} examples less that with ${fewest}`,
        less(advantage(most), advantage(fewest)),
        'below',
      ),
    ];
  });
}
