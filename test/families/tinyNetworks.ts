/** A tiny network of every family and task, with inputs for it. */
import { predictsOf, type LaneBatch, type LaneImages } from '../../src/train/laneBatch.ts';
import { architectureOf } from '../../src/families/index.ts';
import { stream } from '../../src/tensor/random.ts';

const llamaLike = {
  vocab_size: 19,
  hidden_size: 8,
  intermediate_size: 10,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 4,
  max_position_embeddings: 32,
  rms_norm_eps: 0.01,
  pad_token_id: 0,
};
const gpt2Like = {
  vocab_size: 19,
  n_embd: 8,
  n_layer: 2,
  n_head: 2,
  n_positions: 16,
  layer_norm_epsilon: 0.01,
  pad_token_id: 0,
};
const neoXLike = {
  vocab_size: 19,
  hidden_size: 8,
  intermediate_size: 10,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  rotary_pct: 0.5,
  layer_norm_eps: 0.01,
  pad_token_id: 0,
};
const bertLike = {
  vocab_size: 19,
  hidden_size: 8,
  intermediate_size: 10,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  max_position_embeddings: 16,
  type_vocab_size: 2,
  layer_norm_eps: 0.01,
  pad_token_id: 0,
};
const of = (name: string): { architectures: string[] } => ({ architectures: [name] });

/** By what is particular about them. */
export const tinyNetworks: { readonly [what: string]: object } = {
  'llama with stretched positions': {
    ...llamaLike,
    model_type: 'llama',
    rope_scaling: {
      rope_type: 'llama3',
      factor: 4,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 16,
    },
  },
  'llama with biases and a tied head': {
    ...llamaLike,
    model_type: 'llama',
    attention_bias: true,
    mlp_bias: true,
    tie_word_embeddings: true,
  },
  'llama, classifying': { ...llamaLike, model_type: 'llama', ...of('LlamaForSequenceClassification'), num_labels: 3 },
  'llama, regression': { ...llamaLike, model_type: 'llama', ...of('LlamaForSequenceClassification'), num_labels: 1 },
  'mistral with a window': { ...llamaLike, model_type: 'mistral', sliding_window: 3 },
  qwen2: { ...llamaLike, model_type: 'qwen2' },
  'qwen3 with a window above': {
    ...llamaLike,
    model_type: 'qwen3',
    use_sliding_window: true,
    sliding_window: 2,
    max_window_layers: 1,
  },
  'gpt2, scores by layer': { ...gpt2Like, model_type: 'gpt2', scale_attn_by_inverse_layer_idx: true },
  'gpt2, classifying': { ...gpt2Like, model_type: 'gpt2', ...of('GPT2ForSequenceClassification'), num_labels: 3 },
  'gpt_neox, side by side': { ...neoXLike, model_type: 'gpt_neox' },
  'gpt_neox, one after the other': { ...neoXLike, model_type: 'gpt_neox', use_parallel_residual: false },
  'bert, masked tokens': { ...bertLike, model_type: 'bert', ...of('BertForMaskedLM') },
  'bert, masked tokens, untied': {
    ...bertLike,
    model_type: 'bert',
    ...of('BertForMaskedLM'),
    tie_word_embeddings: false,
  },
  'bert, classifying': { ...bertLike, model_type: 'bert', ...of('BertForSequenceClassification'), num_labels: 3 },
  'roberta, masked tokens': { ...bertLike, model_type: 'roberta', ...of('RobertaForMaskedLM') },
  'roberta, regression': {
    ...bertLike,
    model_type: 'roberta',
    ...of('RobertaForSequenceClassification'),
    num_labels: 1,
  },
  'convolutions, classifying': { ...of('SmallConvNet'), channels: [2, 3, 4], num_labels: 3 },
};

const length = 5;
const rows = 4;

/** Rows of one lane; every second one is padded, on the right or on the left. */
export function tinyInputs(config: object, seed: number): LaneBatch | LaneImages {
  const architecture = architectureOf(config);
  const random = stream(seed, 'inputs');
  const integers = (count: number, below: number): Int32Array =>
    Int32Array.from({ length: count }, () => random.integer(below));
  if (architecture.type === 'convNet') {
    const shape = [2, 4, 3] as const;
    return {
      shape,
      pixels: random.fillNormal(new Float32Array(rows * 24), 1),
      labels: integers(rows, architecture.labels),
    };
  }
  const { head, vocabulary, tokenTypes } = architecture;
  const ids = integers(rows * length, vocabulary - 1).map((id) => id + 1);
  const attentionMask = new Int32Array(rows * length).fill(1);
  attentionMask.fill(0, length + 3, 2 * length).fill(0, 3 * length, 3 * length + 2);
  attentionMask.forEach((isToken, i) => (ids[i] = isToken && ids[i]!));
  const isClassifier = head.task === 'sequence-classification';
  const labels = isClassifier
    ? head.regression
      ? random.fillNormal(new Float32Array(rows), 1)
      : integers(rows, head.labels)
    : ids.map((id, i) => (i % 3 === 0 || id === 0 ? -100 : id));
  if (predictsOf(architecture) === 'next') (labels as Int32Array)[3 * length + 2] = -100; // seen from padding alone
  return {
    ids,
    length,
    labels,
    attentionMask,
    ...(tokenTypes > 1 && { tokenTypes: integers(rows * length, tokenTypes) }),
  };
}

/** The same rows for every lane. */
export function inLanes(given: LaneBatch | LaneImages, lanes: number): LaneBatch | LaneImages {
  const times = <T extends Int32Array | Float32Array>(values: T): T => {
    const all = new (values.constructor as new (size: number) => T)(lanes * values.length);
    for (let lane = 0; lane < lanes; lane++) all.set(values, lane * values.length);
    return all;
  };
  const numbers = Object.entries(given).map(([key, value]) => [
    key,
    ArrayBuffer.isView(value) ? times(value as Int32Array) : value,
  ]);
  return Object.fromEntries(numbers) as LaneBatch | LaneImages;
}
