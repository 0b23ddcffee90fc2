import { type Claim, from } from '../claim.ts';
import { analysedVariant, type WeighedExperiment } from '../evidence.ts';
import { direction, type Finding, ratio } from '../finding.ts';
import { NotMeasured } from '../notMeasured.ts';
import { tested } from '../tested.ts';

export const merge: Claim = {
  number: 5,
  claim:
    'Merging changes logits by less than 1e-4 in float32 for every method, and unmerging restores the base; rounding the merged kernel to NF4 again costs measurably more.',
  sections: [
    tested(
      'logits of the merged network lie within 1e-4 of the adapted one’s for every method and composition, and after it the base and its logits are what they were, to the bit',
      [
        {
          file: 'test/contract/behaviour.test.ts',
          title: 'merges: the merged network gives the same logits, the update is not zero, the base stays',
        },
        {
          file: 'test/train/merge.test.ts',
          title:
            'gives a network that says the same, in as many engine calls as one without adapters; unmerged, nothing has changed',
        },
      ],
    ),
    from('quantization', (experiment) => ['NF4', 'NF4, double'].map((variant) => roundedAgain(experiment, variant))),
  ],
};

/** A difference of losses in nats is the logarithm of a ratio of perplexities. */
function roundedAgain(experiment: WeighedExperiment, variant: string): Finding {
  const losses = analysedVariant(experiment, variant).runs.flatMap(({ requantized }) => requantized ?? []);
  if (losses.length === 0)
    throw new NotMeasured(
      `the merged kernels of '${variant}' were not rounded again: npx adapterlab analyse results/${experiment.folder}, beside the experiment’s file`,
    );
  return direction(
    `${variant}: target test perplexity of the merged network, its kernels rounded again over as merged`,
    losses.map(({ merged, rounded }) => rounded.test - merged.test),
    'above',
    ratio,
  );
}
