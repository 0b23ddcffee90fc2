/**
 * What stands in every adapter_config.json of PEFT, with the value that it has unless said otherwise. PEFT 0.21.2 writes all of its
 * keys, sorted, and so do we: what reads only some of them finds them, and older versions pass over those they do not know.
 */
import type { Json } from '../../json.ts';

/** The version of PEFT whose files these are. */
export const peftVersion = '0.21.2';

export type Configuration = { readonly [key: string]: Json };

const everywhere: Configuration = {
  auto_mapping: null,
  base_model_name_or_path: null,
  inference_mode: true,
  modules_to_save: null,
  peft_version: peftVersion,
  revision: null,
  target_modules: null,
  task_type: null,
};

const layers: Configuration = { layers_pattern: null, layers_to_transform: null };

const lora: Configuration = {
  ...everywhere,
  ...layers,
  alora_invocation_tokens: null,
  alpha_pattern: {},
  arrow_config: null,
  bias: 'none',
  corda_config: null,
  ensure_weight_tying: false,
  eva_config: null,
  exclude_modules: null,
  fan_in_fan_out: false,
  init_lora_weights: true,
  kasa_config: null,
  layer_replication: null,
  loftq_config: {},
  lora_alpha: 8,
  lora_bias: false,
  lora_dropout: 0,
  lora_ga_config: null,
  megatron_config: null,
  megatron_core: 'megatron.core',
  monteclora_config: null,
  peft_type: 'LORA',
  qalora_group_size: 16,
  r: 8,
  rank_pattern: {},
  target_parameters: null,
  trainable_token_indices: null,
  use_bdlora: null,
  use_dora: false,
  use_qalora: false,
  use_rslora: false,
  velora_config: null,
};

const lycoris: Configuration = {
  ...everywhere,
  ...layers,
  alpha: 8,
  alpha_pattern: {},
  exclude_modules: null,
  init_weights: true,
  module_dropout: 0,
  r: 8,
  rank_dropout: 0,
  rank_pattern: {},
  use_effective_conv2d: false,
};

/** The values of peft_type that are written and read. */
export type PeftType = 'LORA' | 'ADALORA' | 'VERA' | 'IA3' | 'LOHA' | 'LOKR';

/** By peft_type. */
export const defaultConfigurations: { readonly [Type in PeftType]: Configuration } = {
  LORA: lora,
  ADALORA: {
    ...lora,
    peft_type: 'ADALORA',
    beta1: 0.85,
    beta2: 0.85,
    deltaT: 1,
    init_r: 12,
    orth_reg_weight: 0.5,
    rank_pattern: null,
    target_r: 8,
    tfinal: 0,
    tinit: 0,
    total_step: null,
  },
  VERA: {
    ...everywhere,
    ...layers,
    bias: 'none',
    d_initial: 0.1,
    fan_in_fan_out: false,
    init_weights: true,
    peft_type: 'VERA',
    projection_prng_key: 0,
    r: 256,
    save_projection: true,
    vera_dropout: 0,
  },
  IA3: {
    ...everywhere,
    exclude_modules: null,
    fan_in_fan_out: false,
    feedforward_modules: null,
    init_ia3_weights: true,
    peft_type: 'IA3',
  },
  LOHA: { ...lycoris, peft_type: 'LOHA' },
  LOKR: {
    ...lycoris,
    peft_type: 'LOKR',
    decompose_both: false,
    decompose_factor: -1,
    rank_dropout_scale: false,
  },
};

/** JSON as PEFT writes it: keys sorted at every depth, two spaces. */
export function configurationText(configuration: Configuration): string {
  return `${JSON.stringify(sorted(configuration), null, 2)}\n`;
}

function sorted(json: Json): Json {
  if (Array.isArray(json)) return (json as readonly Json[]).map(sorted);
  if (typeof json !== 'object' || json === null) return json;
  const entries = Object.entries(json as Configuration).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, sorted(value)]));
}
