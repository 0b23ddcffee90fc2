import { type Claim, from, fromEach } from '../claim.ts';
import { bestOf, type WeighedExperiment } from '../evidence.ts';
import { direction, type Finding } from '../finding.ts';
import { less, lossOf } from '../seedValues.ts';

const ablated = ['SVD form only', 'no penalty', '|λ|', 'sensitivity', 'random ranks'];

export const adaloraAblation: Claim = {
  number: 9,
  claim:
    'AdaLoRA with LoRA’s parameters after pruning learns better than LoRA, and than itself without allocation, penalty or its importance.',
  sections: [
    ...fromEach(['equal-footing', 'equal-footing-stories'], (experiment) => [againstLora(experiment)]),
    from('adalora-ablation', (experiment) => [
      againstLora(experiment),
      ...ablated.map((arm): Finding =>
        direction(
          `target test loss, ${arm} less AdaLoRA`,
          less(lossOf(bestOf(experiment, arm)), lossOf(bestOf(experiment, 'AdaLoRA'))),
          'above',
        ),
      ),
    ]),
  ],
};

const againstLora = (experiment: WeighedExperiment): Finding =>
  direction(
    'target test loss, AdaLoRA less LoRA',
    less(lossOf(bestOf(experiment, 'AdaLoRA')), lossOf(bestOf(experiment, 'LoRA'))),
    'below',
  );
