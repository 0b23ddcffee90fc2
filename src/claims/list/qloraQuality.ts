import { type Claim, from, fromEach } from '../claim.ts';
import { bestOf, type WeighedExperiment } from '../evidence.ts';
import { closeness, direction, type Finding } from '../finding.ts';
import { marginOf } from '../margin.ts';
import { less, lossOf } from '../seedValues.ts';

export const qloraQuality: Claim = {
  number: 15,
  claim:
    'LoRA on an NF4 base learns as well as on float32; with queries and values alone the gap to full fine-tuning is larger than with all linear maps.',
  sections: [
    ...fromEach(['equal-footing', 'equal-footing-stories'], (experiment) => [asGood(experiment, 'QLoRA')]),
    from('quantization', (experiment) => [asGood(experiment, 'NF4, double'), largerGap(experiment)]),
  ],
};

function asGood(experiment: WeighedExperiment, quantized: string): Finding {
  const [lora, other] = [bestOf(experiment, 'LoRA'), bestOf(experiment, quantized)];
  return closeness(
    `target test loss, ${quantized} less LoRA on float32`,
    less(lossOf(other), lossOf(lora)),
    marginOf(lora, 'LoRA'),
    { side: 'above' },
  );
}

/** Both gaps are to the same full fine-tuning, which cancels. */
function largerGap(experiment: WeighedExperiment): Finding {
  const [few, all] = [bestOf(experiment, 'q and v alone, NF4'), bestOf(experiment, 'NF4, double')];
  return direction(
    'gap to full fine-tuning in target test loss on NF4, queries and values alone less all linear maps',
    less(lossOf(few), lossOf(all)),
    'above',
  );
}
