/** peft_type ADALORA. Its factors are bare parameters, without `.weight`. */
import { z } from 'zod';
import { rankAllocator } from '../../control/rankAllocator.ts';
import { svd } from '../../update/svd.ts';
import { asIs, turned } from '../storedTensor.ts';
import { parsed, type PeftType } from './peftType.ts';

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
};
