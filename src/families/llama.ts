/** Llama, arXiv:2302.13971: RMS norm, rotary positions, grouped key/value heads, gated feed-forward. */
import { activations } from '../blocks/activations/index.ts';
import type { TransformerArchitecture } from './architecture.ts';
import { configReader, mostLayers } from './config.ts';
import { ropeOf } from './rope.ts';
import { decoderHead } from './task.ts';

/** What a family of this form has where its config.json says nothing. */
export interface LlamaDefaults {
  readonly vocabulary: number;
  readonly inner: number;
  readonly maxLength: number;
  /** Null: as many as there are heads. */
  readonly keyValueHeads: number | null;
  /** Null: the share of the width. */
  readonly headWidth: number | null;
}

const defaults: LlamaDefaults = {
  vocabulary: 32000,
  inner: 11008,
  maxLength: 2048,
  keyValueHeads: null,
  headWidth: null,
};

export function llama(config: object, otherwise: LlamaDefaults = defaults): TransformerArchitecture {
  const read = configReader(config);
  const width = read.integer('hidden_size', 4096);
  const heads = read.integer('num_attention_heads', 32);
  const allHeads = read.isNull('num_key_value_heads') ? heads : (otherwise.keyValueHeads ?? heads);
  const keyValueHeads = read.integer('num_key_value_heads', allHeads);
  read.multiple('num_attention_heads', heads, keyValueHeads, 'num_key_value_heads');
  const named = read.has('head_dim') ? read.integer('head_dim') : read.isNull('head_dim') ? null : otherwise.headWidth;
  if (named === null) read.multiple('hidden_size', width, heads, 'num_attention_heads');
  const headWidth = named ?? width / heads;
  const layers = read.integer('num_hidden_layers', 32, mostLayers);
  const maxLength = read.integer('max_position_embeddings', otherwise.maxLength);
  const bias = read.boolean('attention_bias', false);
  const head = decoderHead(read);
  return {
    type: 'transformer',
    vocabulary: read.integer('vocab_size', otherwise.vocabulary),
    width,
    layers,
    maxLength,
    norm: { type: 'rms', epsilon: read.positive('rms_norm_eps', 1e-6) },
    heads,
    keyValueHeads,
    headWidth,
    attention: {
      causal: true,
      windows: Array.from({ length: layers }, () => null),
      scales: Array.from({ length: layers }, () => 1 / Math.sqrt(headWidth)),
      queryKeyNorm: false,
      fused: null,
    },
    positions: { type: 'rotary', rope: ropeOf(read, { headWidth, maxLength }) },
    tokenTypes: 0,
    feedForward: {
      type: 'gated',
      width: read.integer('intermediate_size', otherwise.inner),
      activation: read.name('hidden_act', activations, 'silu'),
    },
    residual: 'pre',
    head,
    tied: head.task === 'causal-lm' && read.boolean('tie_word_embeddings', false),
    kernelOrder: 'outIn',
    biases: { attention: bias, output: bias, feedForward: read.boolean('mlp_bias', false) },
    names: {
      embedding: 'model.embed_tokens',
      finalNorm: 'model.norm',
      head: head.task === 'causal-lm' ? 'lm_head' : 'score',
      layer(index) {
        const layer = `model.layers.${index}`;
        const attention = `${layer}.self_attn`;
        return {
          attentionNorm: `${layer}.input_layernorm`,
          projections: [`${attention}.q_proj`, `${attention}.k_proj`, `${attention}.v_proj`],
          queryNorm: `${attention}.q_norm`,
          keyNorm: `${attention}.k_norm`,
          attentionOutput: `${attention}.o_proj`,
          feedForwardNorm: `${layer}.post_attention_layernorm`,
          feedForwardInput: [`${layer}.mlp.gate_proj`, `${layer}.mlp.up_proj`],
          feedForwardOutput: `${layer}.mlp.down_proj`,
        };
      },
      stored: { bodyPrefix: 'model.', olderEnds: [], ignored: [/\.rotary_emb\.inv_freq$/] },
    },
  };
}
