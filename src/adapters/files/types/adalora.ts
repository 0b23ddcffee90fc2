/**
 * peft_type ADALORA. Its factors are bare parameters, without `.weight`. Written without the triplets whose λ is 0, beside a
 * rank_pattern that says which those were: PEFT keeps the scale α / (initial rank + 1e-5) whatever was cut, and allows rank 0.
 */
import { z } from 'zod';
import { rankAllocator } from '../../control/rankAllocator.ts';
import type { Json } from '../../json.ts';
import type { TrainedPart } from '../../trainedSite.ts';
import { svd } from '../../update/svd.ts';
import { cutForm } from '../cutForm.ts';
import { asIs, turned } from '../storedTensor.ts';
import { loraConfiguration } from './loraConfiguration.ts';
import { parsed, type PeftType } from './peftType.ts';
import { areOf, type NamedTensor, wholeOf, type WriteContext } from './writing.ts';

const schema = z.looseObject({
  init_r: z.number().default(12),
  target_r: z.number().default(8),
  lora_alpha: z.number().default(8),
  lora_dropout: z.number().default(0),
  tinit: z.number().default(0),
  tfinal: z.number().default(0),
  deltaT: z.number().default(1),
  beta1: z.number().default(0.85),
  beta2: z.number().default(0.85),
  orth_reg_weight: z.number().default(0.5),
  total_step: z.number().nullish(),
  task_type: z.string().nullish(),
});

export const adaloraType: PeftType = {
  defaults: 'adalora',
  read(json, { file }) {
    const config = parsed(schema, json, file);
    const { init_r: rank, lora_alpha: alpha, target_r: target, beta1, beta2 } = config;
    return {
      steps: config.total_step ?? null,
      recipe: {
        update: svd({ rank, alpha }),
        control: rankAllocator({
          target,
          beta1,
          beta2,
          warmup: config.tinit,
          tail: config.tfinal,
          every: config.deltaT,
          // Without a task PEFT calls the base's forward, and so passes by the penalty that AdaLoraModel.forward adds.
          penaltyWeight: config.task_type == null ? 0 : config.orth_reg_weight,
        }),
        dropout: config.lora_dropout,
      },
    };
  },
  tensors: {
    down: (prefix, shape) => turned(`${prefix}.lora_A`, shape),
    singular: (prefix, shape) => asIs(`${prefix}.lora_E`, [...shape, 1]),
    up: (prefix, shape) => turned(`${prefix}.lora_B`, shape),
  },
  adaptedBiases: 'lora_only',
  holds(sites) {
    const specs = new Set(sites.flatMap(({ parts }) => parts.map(({ method }) => JSON.stringify(method.update.spec))));
    return (
      specs.size === 1 &&
      areOf(sites, ['svd'], ['none']) &&
      sites.every((site) => site.kind === 'linear' && wholeOf(site))
    );
  },
  write(sites, context) {
    const parts = sites.map((site) => wholeOf(site)!);
    const { method, derived } = parts[0]!;
    const singular = parts.map((part) => part.numbers('singular'));
    const isUntrained = singular.every((lambda) => lambda.every((value) => value === 0));
    const kept = singular.map((lambda) => [...lambda].map((value) => isUntrained || value !== 0));
    const pattern = parts.map(({ name }, i): [string, Json] => [`${name}.lora_E`, kept[i]!]);
    return {
      configuration: {
        ...loraConfiguration,
        ...schedule(method.control.spec, derived.rank!, context.steps),
        peft_type: 'ADALORA',
        init_r: derived.rank!,
        lora_alpha: derived.alpha!,
        lora_dropout: method.dropout,
        rank_pattern: kept.some((of) => of.includes(false)) ? Object.fromEntries(pattern) : null,
      },
      tensors: parts.flatMap((part, i) => cutTensors(part, kept[i]!, context)),
    };
  },
};

function cutTensors(part: TrainedPart, kept: readonly boolean[], { form }: WriteContext): NamedTensor[] {
  const [inputs, outputs] = part.shape;
  const rank = kept.length;
  const shapes = { down: [inputs, rank], singular: [rank], up: [rank, outputs] };
  return Object.entries(shapes).map(([role, shape]) => {
    const cut = cutForm(form(part.name, role, shape), role, kept);
    return [cut.key, { shape: cut.shape, data: cut.toFile(part.numbers(role)) }];
  });
}

/** What PEFT asks for even of an adapter that is only used: it refuses one without total_step, or with no step between. */
function schedule(
  spec: { readonly [key: string]: Json },
  rank: number,
  steps: number | null,
): { readonly [key: string]: Json } {
  if (spec.type !== 'rankAllocator') {
    const weight = spec.type === 'orthogonality' ? spec.weight! : 0;
    const unsaid = { beta1: 0.85, beta2: 0.85, deltaT: 1, tinit: 0, tfinal: 0 };
    return { ...unsaid, orth_reg_weight: weight, target_r: rank, total_step: steps ?? 1 }; // nothing to prune
  }
  const { target, every, beta1, beta2, penaltyWeight, warmup, tail } = spec as { readonly [key: string]: number };
  const tinit = warmup ?? Math.floor((steps ?? 0) / 10);
  const tfinal = tail ?? Math.floor((steps ?? 0) / 4);
  return {
    target_r: target!,
    deltaT: every!,
    beta1: beta1!,
    beta2: beta2!,
    orth_reg_weight: penaltyWeight!,
    tinit,
    tfinal,
    total_step: steps ?? tinit + tfinal + 1,
  };
}
