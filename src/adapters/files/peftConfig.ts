/** What an adapter_config.json of PEFT says, in our terms. Only `peft_type` is indispensable; a missing key takes PEFT's default. */
import { z } from 'zod';
import { RequestError, Unsupported } from '../../errors.ts';
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
  total_step: z.number().nullish(),
});

/** Options of PEFT that change the network or what of it is trained, and that are not there yet, beside those asked for below. */
const notYet = [
  'trainable_token_indices',
  'target_parameters',
  'layer_replication',
  'ensure_weight_tying',
  'alora_invocation_tokens',
  'use_qalora',
  'use_bdlora',
  'velora_config',
  'monteclora_config',
  'arrow_config',
  'kasa_config',
  'megatron_config',
] as const;

export interface PeftConfig {
  readonly type: string;
  readonly targets: Targets;
  readonly recipe: Recipe;
  /** Steps that a method's own schedule is made for, which the run may stop short of; null where it has none. */
  readonly steps: number | null;
}

/** A tensor of the adapter's weights by its name there. */
export type ReadTensor = (key: string) => { readonly shape: readonly number[]; readonly data: Float32Array };

/**
 * Throws Unsupported for what PEFT can and we cannot (yet), a RequestError for what is no adapter configuration. `read` is asked
 * for the frozen tensors that a method keeps beside its trained ones.
 */
export function readPeftConfig(json: unknown, file: string, read: ReadTensor): PeftConfig {
  if (isRecord(json) && !('peft_type' in json) && 'library' in json)
    throw new Unsupported(`adapters of ${String(json.library)} are not read yet, only those of PEFT`);
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new RequestError(`${file}: ${z.prettifyError(parsed.error)}`);
  const config = parsed.data;
  const recipeOf = recipes[config.peft_type];
  if (!recipeOf)
    throw new Unsupported(
      `the peft_type ${config.peft_type} is not there yet; there are ${Object.keys(recipes).join(', ')}`,
    );
  if (!config.target_modules)
    throw new Unsupported(`${file} names no target_modules, and PEFT's defaults are not looked up here`);
  const init = config.init_lora_weights;
  if (typeof init === 'string' && init !== 'gaussian')
    throw new Unsupported(`a start with init_lora_weights ${init} is not there yet`);
  if (config.bias !== 'none')
    throw new Unsupported(`training the biases of the base (bias ${config.bias}) is not there yet`);
  if (config.lora_bias) throw new Unsupported('a bias of its own for B (lora_bias) is not there yet');
  if (config.modules_to_save?.length)
    throw new Unsupported(
      `training whole modules beside the adapter (modules_to_save ${config.modules_to_save.join(', ')}) is not there yet`,
    );
  const option = notYet.find((name) => isSet(config[name]));
  if (option) throw new Unsupported(`the option ${option} is not there yet`);
  return {
    type: config.peft_type,
    recipe: recipeOf(config, read),
    steps: config.total_step ?? null,
    targets: {
      targets: config.target_modules,
      ...(config.exclude_modules ? { exclude: config.exclude_modules } : {}),
      ...(config.layers_to_transform == null ? {} : { layers: config.layers_to_transform }),
      ...(config.layers_pattern ? { layersPattern: config.layers_pattern } : {}),
    },
  };
}

const isRecord = (json: unknown): json is Record<string, unknown> => typeof json === 'object' && json !== null;

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== false && !(Array.isArray(value) && value.length === 0);

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
    if (!isSaved)
      throw new Unsupported(
        'VeRA without its projections (save_projection false) is not there: only torch can draw them again',
      );
    const projections = givenProjections(read('base_model.vera_A'), read('base_model.vera_B'));
    return { update: vera({ rank, start, projections }), dropout };
  },
  IA3: ({ feedforward_modules: feedForward }) => ({
    update: none(),
    rescale: inputOutputScale(feedForward == null ? {} : { feedForward }),
  }),
};
