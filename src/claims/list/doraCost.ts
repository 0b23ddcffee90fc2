import type { MeasuredRow } from '../../bench/record.ts';
import { signed } from '../../report/numberText.ts';
import type { BestRateSummary } from '../../results/summary.ts';
import { mean } from '../../statistics/mean.ts';
import { type Claim, from } from '../claim.ts';
import { bestOf, type Evidence, type WeighedExperiment } from '../evidence.ts';
import { closeness, direction, fact, type Finding, ratio, remark } from '../finding.ts';
import { marginOf } from '../margin.ts';
import { NotMeasured } from '../notMeasured.ts';
import { less, lossOf } from '../seedValues.ts';

const lora = 'our LoRA step';

export const doraCost: Claim = {
  number: 17,
  claim:
    'A step of DoRA takes longer than one of LoRA; holding the norm fixed in the backward pass saves memory and costs hardly any quality (0.2 points of accuracy in the paper).',
  sections: [
    { source: 'bench', find: stepTimes, see: [{ text: 'bench', href: 'bench/bench.md' }] },
    from('dora-norm', heldNorms),
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

/** At every rank, with the norm held fixed (as DoRA is) and with the gradient going through it. */
function heldNorms(experiment: WeighedExperiment): Finding[] {
  const ranks = experiment.summary.variants.flatMap(({ factors: { rank, method } }) =>
    method === 'DoRA' && typeof rank === 'number' ? [rank] : [],
  );
  if (ranks.length === 0) throw new NotMeasured('there is no rank of DoRA');
  return ranks.flatMap((rank) => {
    const through = `DoRA ${rank}, norm not detached`;
    return compared(rank, bestOf(experiment, `DoRA ${rank}`), { name: through, best: bestOf(experiment, through) });
  });
}

function compared(
  rank: number,
  held: BestRateSummary,
  { name, best: through }: { readonly name: string; readonly best: BestRateSummary },
): Finding[] {
  const [ofHeld, ofThrough] = [held.learn.exactMatch, through.learn.exactMatch];
  return [
    closeness(
      `rank ${rank}: target test loss, norm held fixed less not`,
      less(lossOf(held), lossOf(through)),
      marginOf(through, name),
      { side: 'above' },
    ),
    ...(ofHeld && ofThrough
      ? [
          remark(
            `rank ${rank}: ${points(mean(less(ofHeld.values, ofThrough.values)))} points of exact matches in the mean`,
          ),
        ]
      : []),
    memory(rank, held.bytes.activations, through.bytes.activations),
  ];
}

function memory(rank: number, held: number, through: number): Finding {
  const saves = held < through;
  const why = saves ? '' : ' (the norm and its gradient come from products of rank r here: there is no W + ΔW to keep)';
  return fact(
    saves,
    `rank ${rank}: a step keeps ${bytes(held)} for its backward pass with the norm held fixed, ${bytes(through)} without${why}`,
  );
}

const points = (share: number): string => signed(100 * share, 2);
const bytes = (count: number): string => `${Math.round(count).toLocaleString('en-US')} bytes`;
