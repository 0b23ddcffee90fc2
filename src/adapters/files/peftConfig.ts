/** What an adapter_config.json of PEFT says, in our terms. Only `peft_type` is indispensable; a missing key takes PEFT's default. */
import { z } from 'zod';
import { RequestError, Unsupported } from '../../errors.ts';
import type { Targets } from '../targets.ts';
import type { Recipe } from '../types.ts';
import { peftTypes } from './types/index.ts';
import { type DefaultTargets, parsed, type PeftContext } from './types/peftType.ts';

const names = z.union([z.string(), z.array(z.string())]);
const schema = z.looseObject({
  peft_type: z.string(),
  task_type: z.string().nullish(),
  target_modules: names.nullish(),
  exclude_modules: names.nullish(),
  layers_to_transform: z.union([z.number(), z.array(z.number())]).nullish(),
  layers_pattern: names.nullish(),
  bias: z.string().nullish(),
  modules_to_save: z.array(z.string()).nullish(),
});

/** Options of PEFT that change the network or what of it is trained, and that are not there yet. */
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

/** The output layers that PEFT trains as a whole for a task, whatever modules_to_save says. */
const headsOfTask: { readonly [task: string]: readonly string[] } = {
  SEQ_CLS: ['classifier', 'score'],
  TOKEN_CLS: ['classifier', 'score'],
  QUESTION_ANS: ['qa_outputs'],
};

export interface PeftConfig {
  /** Its peft_type. */
  readonly type: string;
  readonly recipe: Recipe;
  /** On a base whose family has these default targets. A RequestError where neither the file nor the family names any. */
  targets(defaults: DefaultTargets): Targets;
  /** Steps that a method's own schedule is made for, which the run may stop short of; null where it has none. */
  readonly steps: number | null;
}

/** Throws Unsupported for what PEFT can and we cannot (yet), a RequestError for what is no adapter configuration. */
export function readPeftConfig(json: unknown, context: PeftContext): PeftConfig {
  const { file } = context;
  const config = parsed(schema, json, file);
  const type = Object.hasOwn(peftTypes, config.peft_type) ? peftTypes[config.peft_type] : undefined;
  if (!type)
    throw new Unsupported(
      `the peft_type ${config.peft_type} is not there yet; there are ${Object.keys(peftTypes).join(', ')}`,
    );
  const option = notYet.find((name) => isSet(config[name]));
  if (option) throw new Unsupported(`the option ${option} is not there yet`);
  const { recipe, steps } = type.read(json, context);
  const biases = biasesOf(config.bias ?? 'none', file);
  return {
    type: config.peft_type,
    recipe,
    steps,
    targets(defaults) {
      const targets = config.target_modules ?? defaults[type.defaults];
      if (targets === null)
        throw new RequestError(
          `${file} names no target_modules, and PEFT has no default for this family: name them there`,
        );
      return {
        targets,
        ...(config.exclude_modules ? { exclude: config.exclude_modules } : {}),
        ...(config.layers_to_transform == null ? {} : { layers: config.layers_to_transform }),
        ...(config.layers_pattern ? { layersPattern: config.layers_pattern } : {}),
        biases,
        whole: [...new Set([...(config.modules_to_save ?? []), ...(headsOfTask[config.task_type ?? ''] ?? [])])],
      };
    },
  };
}

/** none, all, or only those of the adapted modules, which every type calls by its own name: lora_only, vera_only. */
function biasesOf(bias: string, file: string): 'none' | 'all' | 'adapted' {
  if (bias === 'none' || bias === 'all') return bias;
  if (bias.endsWith('_only')) return 'adapted';
  throw new RequestError(`${file}: bias should be none, all or lora_only, not ${bias}`);
}

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== false && !(Array.isArray(value) && value.length === 0);
