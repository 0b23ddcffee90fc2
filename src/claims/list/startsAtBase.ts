import type { FinishedRun } from '../../results/record.ts';
import { significant } from '../../report/numberText.ts';
import { type Claim, fromEach } from '../claim.ts';
import type { WeighedExperiment } from '../evidence.ts';
import { fact, type Finding } from '../finding.ts';
import { NotMeasured } from '../notMeasured.ts';
import { alsoTested } from '../tested.ts';

/** In nats; the claim's own, of logits in float32. */
const tolerance = 1e-6;

export const startsAtBase: Claim = {
  number: 1,
  claim:
    'With B = 0 (in AdaLoRA λ = 0) the adapted network starts as the base: LoRA and AdaLoRA to the bit, DoRA to 1e-6.',
  sections: [
    ...fromEach(['equal-footing', 'equal-footing-stories'], lossAtStart),
    alsoTested('logits at step 0 lie within 1e-5 of those of the base, for every method that says it starts there', [
      { file: 'test/contract/behaviour.test.ts', title: 'starts as it says' },
    ]),
  ],
};

/** Validation loss on the target at step 0 against that of the base, which is evaluated by itself, without adapters. */
function lossAtStart({ records }: WeighedExperiment): Finding[] {
  const runs = records.flatMap((record) => (record.status === 'finished' && startsWithZero(record) ? [record] : []));
  const distances = runs.flatMap(({ evaluations, before }) => {
    const start = evaluations.find(({ step }) => step === 0)?.learn.lossNats;
    return start == null ? [] : [Math.abs(start - before.learn.validation.lossNats)];
  });
  if (distances.length === 0) throw new NotMeasured('no run with B = 0 was evaluated at step 0');
  const variants = new Set(runs.map(({ plan }) => plan.variant)).size;
  const exact = distances.filter((distance) => distance === 0).length;
  const largest = Math.max(...distances);
  return [
    fact(
      largest <= tolerance,
      `of ${distances.length} runs (${variants} variants) that start with B = 0 or λ = 0, ${exact} have the base's validation loss at step 0 in all nine digits recorded; the largest difference is ${significant(largest, 2)} nats (at most ${tolerance} allowed)`,
    ),
  ];
}

function startsWithZero({ plan }: FinishedRun): boolean {
  const update = plan.recipe.update as { type?: string; init?: { up?: { type?: string } } } | undefined;
  return update?.type === 'svd' || update?.init?.up?.type === 'zero';
}
