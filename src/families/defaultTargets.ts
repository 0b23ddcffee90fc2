/**
 * Where a method goes when it is given no targets, by model_type: PEFT's tables (utils/constants.py, commit 5d602fd) and rows for
 * families that these lack. A list holds endings of names, a text is a regular expression for whole names.
 */
type TargetNames = string | readonly string[];

export interface DefaultTargets {
  /** Low-rank updates and their kin. */
  readonly lora: TargetNames | null;
  /** What is not below is the row above: PEFT differs for these six alone. */
  readonly adalora: TargetNames | null;
  /** Factors of activations. */
  readonly ia3: TargetNames | null;
}

/** null where no table has a row. */
export function defaultTargets(type: string): DefaultTargets {
  const kernels = row(lora, type) ?? row(further, type);
  return { lora: kernels, adalora: row(adalora, type) ?? kernels, ia3: row(ia3, type) };
}

/** Model types that have a row. */
export const typesWithTargets = (): string[] => [...Object.keys(lora), ...Object.keys(further)];

type Table = Readonly<Record<string, TargetNames>>;

const row = (table: Table, type: string): TargetNames | null => (Object.hasOwn(table, type) ? table[type]! : null);

/** PEFT's for LoRA. */
const lora: Table = {
  bart: ['q_proj', 'v_proj'],
  bert: ['query', 'value'],
  'blip-2': ['q', 'v', 'q_proj', 'v_proj'],
  bloom: ['query_key_value'],
  btlm: ['c_proj', 'c_attn'],
  chatglm: ['query_key_value'],
  codegen: ['qkv_proj'],
  deberta: ['in_proj'],
  'deberta-v2': ['query_proj', 'value_proj'],
  electra: ['query', 'value'],
  falcon: ['query_key_value'],
  gemma: ['q_proj', 'v_proj'],
  gemma2: ['q_proj', 'v_proj'],
  gemma3_text: ['q_proj', 'v_proj'],
  gemma4: String.raw`.*language_model\..*\.(q_proj|v_proj)`,
  gpt2: ['c_attn'],
  gpt_bigcode: ['c_attn'],
  gpt_neo: ['q_proj', 'v_proj'],
  gpt_neox: ['query_key_value'],
  gptj: ['q_proj', 'v_proj'],
  layoutlm: ['query', 'value'],
  llama: ['q_proj', 'v_proj'],
  llama4: ['q_proj', 'v_proj'],
  mistral: ['q_proj', 'v_proj'],
  mixtral: ['q_proj', 'v_proj'],
  mpt: ['Wqkv'],
  mt5: ['q', 'v'],
  nemotron_h: ['q_proj', 'k_proj', 'v_proj', 'o_proj'],
  opt: ['q_proj', 'v_proj'],
  phi: ['q_proj', 'v_proj', 'fc1', 'fc2'],
  qwen2: ['q_proj', 'v_proj'],
  qwen3: ['q_proj', 'v_proj'],
  RefinedWeb: ['query_key_value'],
  RefinedWebModel: ['query_key_value'],
  roberta: ['query', 'value'],
  rwkv: ['key', 'value', 'receptance', 'output'],
  rwkv7: ['r_proj', 'k_proj', 'v_proj', 'o_proj', 'key', 'value'],
  stablelm: ['q_proj', 'v_proj'],
  t5: ['q', 'v'],
  'xlm-roberta': ['query', 'value'],
};

/** What PEFT has no row for: the attention's input maps, as it does for their kin. */
const further: Table = {
  baichuan: ['W_pack'],
  cohere: ['q_proj', 'v_proj'],
  distilbert: ['q_lin', 'v_lin'],
  glm: ['q_proj', 'v_proj'],
  glm4: ['q_proj', 'v_proj'],
  internlm: ['q_proj', 'v_proj'],
  internlm2: ['wqkv'],
  'mixformer-sequential': ['Wqkv'],
  modernbert: ['Wqkv'],
  olmo2: ['q_proj', 'v_proj'],
  phi3: ['qkv_proj'],
  'phi-msft': ['Wqkv'],
  qwen: ['c_attn'],
  starcoder2: ['q_proj', 'v_proj'],
  vit: ['query', 'value'],
  xverse: ['q_proj', 'v_proj'],
  Yi: ['q_proj', 'v_proj'],
};

/** PEFT's for AdaLoRA, where they differ from LoRA's: a comparison of the two should name its targets. */
const adalora: Table = {
  bart: ['q_proj', 'k_proj', 'v_proj', 'out_proj', 'fc1', 'fc2'],
  'deberta-v2': ['query_proj', 'key_proj', 'value_proj', 'dense'],
  mt5: ['q', 'k', 'v', 'o', 'wi_0', 'wi_1', 'wo'],
  opt: ['q_proj', 'k_proj', 'v_proj', 'out_proj', 'fc1', 'fc2'],
  roberta: ['query', 'key', 'value', 'dense'],
  t5: ['q', 'k', 'v', 'o', 'wi', 'wo'],
};

/** PEFT's for IA³, of the families that are here. */
const ia3: Table = {
  bert: ['key', 'value', 'output.dense'],
  gpt2: ['c_attn', 'mlp.c_proj'],
  gpt_neox: ['query_key_value', 'dense_4h_to_h'],
  llama: ['k_proj', 'v_proj', 'down_proj'],
  mistral: ['k_proj', 'v_proj', 'down_proj'],
  qwen2: ['q_proj', 'v_proj', 'down_proj'],
  qwen3: ['q_proj', 'v_proj', 'down_proj'],
  roberta: ['key', 'value', 'output.dense'],
};
