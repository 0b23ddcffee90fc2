/** What an adapter_config.json of PEFT says, in our terms. Only `peft_type` is indispensable; a missing key takes PEFT's default. */
import { z } from 'zod';
import { RequestError } from '../../errors.ts';
import { rankAllocator } from '../control/rankAllocator.ts';
import { inputOutputScale } from '../rescale/inputOutputScale.ts';
import { magnitude } from '../rescale/magnitude.ts';
import type { Targets } from '../targets.ts';
import type { Recipe } from '../types.ts';
import { lowRank } from '../update/lowRank.ts';
import { none } from '../update/none.ts';
import { givenProjections } from '../update/projections.ts';
import { svd } from '../update/svd.ts';
import { vera } from '../update/vera.ts';
import { Unsupported } from './unsupported.ts';

const names = z.union([z.string(), z.array(z.string())]);
const numbers = z.record(z.string(), z.number());
const schema = z.looseObject({
  peft_type: z.string(),
  target_modules: names.nullish(),
  exclude_modules: names.nullish(),
  layers_to_transform: z.union([z.number(), z.array(z.number())]).nullish(),
  layers_pattern: names.nullish(),
  r: z.number().optional(),
  lora_alpha: z.number().default(8),
  lora_dropout: z.number().default(0),
  use_rslora: z.boolean().default(false),
  use_dora: z.boolean().default(false),
  lora_bias: z.boolean().default(false),
  bias: z.string().default('none'),
  init_lora_weights: z.union([z.boolean(), z.string()]).default(true),
  rank_pattern: z.unknown().optional(),
  alpha_pattern: numbers.nullish(),
  modules_to_save: z.array(z.string()).nullish(),
  init_r: z.number().default(12),
  target_r: z.number().default(8),
  tinit: z.number().default(0),
  tfinal: z.number().default(0),
  deltaT: z.number().default(1),
  beta1: z.number().default(0.85),
  beta2: z.number().default(0.85),
  orth_reg_weight: z.number().default(0.5),
  vera_dropout: z.number().default(0),
  d_initial: z.number().default(0.1),
  save_projection: z.boolean().default(true),
  feedforward_modules: names.nullish(),
});

export interface PeftConfig {
  readonly type: string;
  readonly targets: Targets;
  readonly recipe: Recipe;
}

/** A tensor of the adapter's weights by its name there. */
export type ReadTensor = (key: string) => { readonly shape: readonly number[]; readonly data: Float32Array };

/**
 * Throws Unsupported for what PEFT can and we cannot (yet), a RequestError for what is no adapter configuration. `read` is asked
 * for the frozen tensors that a method keeps beside its trained ones.
 */
export function readPeftConfig(json: unknown, file: string, read: ReadTensor): PeftConfig {
  if (isRecord(json) && !('peft_type' in json) && 'library' in json)
    throw new Unsupported(`an adapter of ${String(json.library)}`);
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new RequestError(`${file}: ${z.prettifyError(parsed.error)}`);
  const config = parsed.data;
  const recipeOf = recipes[config.peft_type];
  if (!recipeOf) throw new Unsupported(`peft_type ${config.peft_type}`);
  if (!config.target_modules) throw new Unsupported(`${file}: no target_modules`);
  const init = config.init_lora_weights;
  if (typeof init === 'string' && init !== 'gaussian') throw new Unsupported(`init_lora_weights ${init}`);
  if (config.bias !== 'none') throw new Unsupported(`bias ${config.bias}`);
  if (config.lora_bias) throw new Unsupported('lora_bias');
  if (config.modules_to_save?.length) throw new Unsupported('modules_to_save');
  return {
    type: config.peft_type,
    recipe: recipeOf(config, read),
    targets: {
      targets: config.target_modules,
      ...(config.exclude_modules ? { exclude: config.exclude_modules } : {}),
      ...(config.layers_to_transform == null ? {} : { layers: config.layers_to_transform }),
      ...(config.layers_pattern ? { layersPattern: config.layers_pattern } : {}),
    },
  };
}

const isRecord = (json: unknown): json is Record<string, unknown> => typeof json === 'object' && json !== null;

type Config = z.infer<typeof schema>;

const recipes: { readonly [peftType: string]: (config: Config, read: ReadTensor) => Recipe } = {
  LORA(config) {
    const patterns = numbers.safeParse(config.rank_pattern ?? {});
    return {
      update: lowRank({
        rank: config.r ?? 8,
        alpha: config.lora_alpha,
        scaling: config.use_rslora ? 'sqrtRank' : 'rank',
        rankPattern: patterns.success ? patterns.data : {},
        alphaPattern: config.alpha_pattern ?? {},
      }),
      ...(config.use_dora ? { rescale: magnitude() } : {}),
      dropout: config.lora_dropout,
    };
  },
  ADALORA: ({ init_r: rank, lora_alpha: alpha, target_r: target, tinit, tfinal, deltaT, beta1, beta2, ...config }) => ({
    update: svd({ rank, alpha }),
    control: rankAllocator({
      target,
      warmup: tinit,
      tail: tfinal,
      every: deltaT,
      beta1,
      beta2,
      penaltyWeight: config.orth_reg_weight,
    }),
    dropout: config.lora_dropout,
  }),
  VERA({ r: rank = 256, d_initial: start, vera_dropout: dropout, save_projection: isSaved }, read) {
    if (!isSaved) throw new Unsupported('VeRA without its projections, which only torch can draw again');
    const projections = givenProjections(read('base_model.vera_A'), read('base_model.vera_B'));
    return { update: vera({ rank, start, projections }), dropout };
  },
  IA3: ({ feedforward_modules: feedForward }) => ({
    update: none(),
    rescale: inputOutputScale(feedForward == null ? {} : { feedForward }),
  }),
};
