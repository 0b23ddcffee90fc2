import type { BestRateSummary } from '../../results/summary.ts';
import { type Claim, from } from '../claim.ts';
import type { WeighedExperiment } from '../evidence.ts';
import { closeness, direction, type Finding } from '../finding.ts';
import { marginOf } from '../margin.ts';
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
    const best = (of: string, count: number): BestRateSummary =>
      cellOf(experiment, { rank: of, examples: count, digits });
    const apart = (count: number): number[] => less(lossOf(best(rank, count)), lossOf(best('full', count)));
    const said = (count: number): string =>
      `sums of ${digits} digits, ${count} examples: target test loss, LoRA of rank ${rank} less full fine-tuning`;
    return [
      direction(said(fewest), apart(fewest), 'below'),
      closeness(said(most), apart(most), marginOf(best('full', most), 'full fine-tuning')),
    ];
  });
}
