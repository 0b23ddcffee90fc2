/** Llama, arXiv:2302.13971: RMS norm, rotary positions, grouped key/value heads, gated feed-forward. */
import { rotaryFrequencies } from '../blocks/rotary.ts';
import type { DecoderArchitecture } from './architecture.ts';
import { configReader } from './config.ts';

export function llama(config: object): DecoderArchitecture {
  const read = configReader(config);
  const width = read.integer('hidden_size');
  const heads = read.integer('num_attention_heads');
  const keyValueHeads = read.integer('num_key_value_heads', heads);
  read.multiple('num_attention_heads', heads, keyValueHeads, 'num_key_value_heads');
  const headWidth = read.has('head_dim') ? read.integer('head_dim') : width / heads;
  if (!read.has('head_dim')) read.multiple('hidden_size', width, heads, 'num_attention_heads');
  read.multiple('head_dim', headWidth, 2, 'rotary pairs');
  const theta = read.number('rope_parameters.rope_theta', read.number('rope_theta', 10000));
  read.only('hidden_act', ['silu', 'swish']);
  read.only('rope_scaling', [null]);
  read.only('rope_parameters.rope_type', ['default', undefined]);
  const bias = read.boolean('attention_bias', false);
  return {
    vocabulary: read.integer('vocab_size'),
    layers: read.integer('num_hidden_layers'),
    maxLength: read.integer('max_position_embeddings', 2048),
    norm: {
      type: 'rms',
      epsilon: read.number('rms_norm_eps', 1e-6),
    },
    width,
    heads,
    headWidth,
    keyValueHeads,
    positions: {
      type: 'rotary',
      frequencies: rotaryFrequencies(headWidth, theta),
    },
    feedForward: {
      type: 'gated',
      width: read.integer('intermediate_size'),
    },
    tied: read.boolean('tie_word_embeddings', false),
    kernelOrder: 'outIn',
    biases: {
      attention: bias,
      output: bias,
      feedForward: read.boolean('mlp_bias', false),
    },
    names: {
      embedding: 'model.embed_tokens',
      finalNorm: 'model.norm',
      head: 'lm_head',
      bodyPrefix: 'model.',
      layer(index) {
        const layer = `model.layers.${index}`;
        const attention = `${layer}.self_attn`;
        return {
          attentionNorm: `${layer}.input_layernorm`,
          projections: [`${attention}.q_proj`, `${attention}.k_proj`, `${attention}.v_proj`],
          attentionOutput: `${attention}.o_proj`,
          feedForwardNorm: `${layer}.post_attention_layernorm`,
          feedForwardInput: [`${layer}.mlp.gate_proj`, `${layer}.mlp.up_proj`],
          feedForwardOutput: `${layer}.mlp.down_proj`,
        };
      },
    },
    defaultTargets: {
      kernels: ['q_proj', 'v_proj'],
      activations: ['k_proj', 'v_proj', 'down_proj'],
    },
  };
}
