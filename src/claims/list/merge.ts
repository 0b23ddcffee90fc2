import type { Claim } from '../claim.ts';
import { missing } from '../finding.ts';
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
    {
      source: 'a merged base in NF4',
      find: () => [
        missing(
          'no experiment rounds a merged kernel to NF4 again; here a merged kernel is held in float32 beside the packed ones',
        ),
      ],
      see: [{ text: 'docs/fidelity.md', href: '../docs/fidelity.md' }],
    },
  ],
};
