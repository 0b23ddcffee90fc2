import { countText } from '../../report/numberText.ts';
import type { FinishedRun } from '../../results/record.ts';
import type { Claim } from '../claim.ts';
import type { Evidence } from '../evidence.ts';
import { fact, type Finding } from '../finding.ts';
import { NotMeasured } from '../notMeasured.ts';
import { alsoTested } from '../tested.ts';

/** Numbers of four bytes: one for the gradient, two moments. */
const bytesOf = { gradients: 4, optimizer: 8 };

export const trainableMemory: Claim = {
  number: 24,
  claim:
    'Bytes of gradients and of Adam’s moments grow with the trained parameters alone; the rest of a step’s peak is activations.',
  sections: [
    { source: 'all experiments', find: proportional },
    alsoTested(
      'what a run holds, by holder: equal to the byte for base, adapter, gradients and optimizer, and for activations but for what does not grow with the batch',
      [
        {
          file: 'test/inspect/measured.test.ts',
          title: 'the base; on wasm, beside it a second orientation of its maps',
        },
      ],
    ),
  ],
};

function proportional({ experiments }: Evidence): Finding[] {
  const runs = experiments.flatMap(({ records }) =>
    records.flatMap((record) => (record.status === 'finished' && isAdamw(record) ? [record] : [])),
  );
  if (runs.length === 0) throw new NotMeasured('no run with AdamW has finished');
  const right = runs.filter(
    ({ derived: { bytes, trainableParameters: trained } }) =>
      bytes.gradients === bytesOf.gradients * trained && bytes.optimizer === bytesOf.optimizer * trained,
  );
  const trained = runs.map(({ derived }) => derived.trainableParameters);
  return [
    fact(
      right.length === runs.length,
      `in ${right.length} of ${runs.length} runs, with ${countText(Math.min(...trained))} to ${countText(Math.max(...trained))} trained parameters, gradients take ${bytesOf.gradients} bytes for each and moments ${bytesOf.optimizer}, whatever the method`,
    ),
  ];
}

function isAdamw({ plan }: FinishedRun): boolean {
  const { type, amsgrad } = (plan.train.optimizer ?? { type: 'adamw' }) as { type?: string; amsgrad?: boolean };
  return type === 'adamw' && !amsgrad;
}
