import type { MeasuredRow } from '../../bench/record.ts';
import type { Claim } from '../claim.ts';
import type { Evidence } from '../evidence.ts';
import { direction, type Finding, missing, ratio } from '../finding.ts';
import { NotMeasured } from '../notMeasured.ts';

const lora = 'our LoRA step';

export const doraCost: Claim = {
  number: 17,
  claim:
    'A step of DoRA takes longer than one of LoRA; holding the norm fixed in the backward pass saves memory and changes quality by at most 0.2.',
  sections: [
    { source: 'bench', find: stepTimes, see: [{ text: 'bench', href: 'bench/bench.md' }] },
    {
      source: 'detached norm',
      find: () => [
        missing('not run: no variant trains through DoRA’s norm, which is always detached here, as in PEFT'),
      ],
    },
  ],
};

/** Measured in turns with LoRA’s, one by one. */
function stepTimes({ bench }: Evidence): Finding[] {
  const rows = bench?.rows.filter(({ name, samples }) => name.startsWith('step-dora-') && samples[lora]) ?? [];
  if (bench?.quick || rows.length === 0) throw new NotMeasured('no times were taken: npx adapterlab bench');
  return rows.map((row) =>
    direction(`time of a step (${row.name}), DoRA over LoRA`, ratios(row), 'above', { ...ratio, each: 'measurements' }),
  );
}

function ratios({ samples: { ours = [], [lora]: theirs = [] } }: MeasuredRow): number[] {
  const pairs = Math.min(ours.length, theirs.length);
  return ours.slice(0, pairs).map((own, index) => Math.log(own / theirs[index]!));
}
