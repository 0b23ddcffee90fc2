/**
 * GPT-NeoX, arXiv:2204.06745: attention and feed-forward side by side, rotary positions on a share of each head, one projection
 * whose outputs lie head by head.
 */
import { activations } from '../blocks/activations/index.ts';
import type { TransformerArchitecture } from './architecture.ts';
import { configReader, mostLayers } from './config.ts';
import { ropeOf } from './rope.ts';
import { decoderHead } from './task.ts';

export function gptNeoX(config: object): TransformerArchitecture {
  const read = configReader(config);
  const width = read.integer('hidden_size', 6144);
  const heads = read.integer('num_attention_heads', 64);
  read.multiple('hidden_size', width, heads, 'num_attention_heads');
  const headWidth = width / heads;
  const layers = read.integer('num_hidden_layers', 44, mostLayers);
  const maxLength = read.integer('max_position_embeddings', 2048);
  const bias = read.boolean('attention_bias', true);
  const head = decoderHead(read);
  const rope = ropeOf(read, {
    headWidth,
    maxLength,
    thetaKey: 'rotary_emb_base',
    share: { key: 'rotary_pct', otherwise: 0.25 },
  });
  return {
    type: 'transformer',
    vocabulary: read.integer('vocab_size', 50432),
    width,
    layers,
    maxLength,
    norm: { type: 'layer', epsilon: read.positive('layer_norm_eps', 1e-5) },
    heads,
    keyValueHeads: heads,
    headWidth,
    attention: {
      causal: true,
      windows: Array.from({ length: layers }, () => null),
      scales: Array.from({ length: layers }, () => 1 / Math.sqrt(headWidth)),
      queryKeyNorm: false,
      fused: 'perHead',
    },
    positions: { type: 'rotary', rope },
    tokenTypes: 0,
    feedForward: {
      type: 'plain',
      width: read.integer('intermediate_size', 24576),
      activation: read.name('hidden_act', activations, 'gelu'),
    },
    residual: read.boolean('use_parallel_residual', true) ? 'parallel' : 'pre',
    head,
    tied: head.task === 'causal-lm' && read.boolean('tie_word_embeddings', false),
    kernelOrder: 'outIn',
    biases: { attention: bias, output: bias, feedForward: true },
    names: {
      embedding: 'gpt_neox.embed_in',
      finalNorm: 'gpt_neox.final_layer_norm',
      // transformers calls the layer lm_head, as adapters do, and writes its tensor as embed_out
      ...(head.task === 'causal-lm' ? { head: 'lm_head', headTensor: 'embed_out.weight' } : { head: 'score' }),
      layer(index) {
        const layer = `gpt_neox.layers.${index}`;
        return {
          attentionNorm: `${layer}.input_layernorm`,
          projections: [`${layer}.attention.query_key_value`],
          attentionOutput: `${layer}.attention.dense`,
          feedForwardNorm: `${layer}.post_attention_layernorm`,
          feedForwardInput: [`${layer}.mlp.dense_h_to_4h`],
          feedForwardOutput: `${layer}.mlp.dense_4h_to_h`,
        };
      },
      stored: {
        bodyPrefix: 'gpt_neox.',
        olderEnds: [['embed_out.weight', 'lm_head.weight']],
        ignored: [/\.attention\.(masked_)?bias$/, /\.rotary_emb\.inv_freq$/],
      },
    },
  };
}
