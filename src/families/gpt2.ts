/** GPT-2: layer norm, learned positions, one fused projection (c_attn), plain feed-forward with GELU, kernels stored [in, out]. */
import { activations } from '../blocks/activations/index.ts';
import type { TransformerArchitecture } from './architecture.ts';
import { configReader, mostLayers } from './config.ts';
import { decoderHead } from './task.ts';

export function gpt2(config: object): TransformerArchitecture {
  const read = configReader(config);
  const width = read.integer('n_embd', 768);
  const heads = read.integer('n_head', 12);
  read.multiple('n_embd', width, heads, 'n_head');
  read.only('add_cross_attention', [false]);
  const headWidth = width / heads;
  const layers = read.integer('n_layer', 12, mostLayers);
  const maxLength = read.integer('n_positions', 1024);
  const scale = read.boolean('scale_attn_weights', true) ? 1 / Math.sqrt(headWidth) : 1;
  const byLayer = read.boolean('scale_attn_by_inverse_layer_idx', false);
  const head = decoderHead(read);
  return {
    type: 'transformer',
    vocabulary: read.integer('vocab_size', 50257),
    width,
    layers,
    maxLength,
    norm: { type: 'layer', epsilon: read.positive('layer_norm_epsilon', 1e-5) },
    heads,
    keyValueHeads: heads,
    headWidth,
    attention: {
      causal: true,
      windows: Array.from({ length: layers }, () => null),
      scales: Array.from({ length: layers }, (_, index) => (byLayer ? scale / (index + 1) : scale)),
      queryKeyNorm: false,
      fused: 'blocks',
    },
    positions: { type: 'learned', table: 'transformer.wpe', rows: maxLength, padding: null },
    tokenTypes: 0,
    feedForward: {
      type: 'plain',
      width: read.integer('n_inner', 4 * width),
      activation: read.name('activation_function', activations, 'gelu_new'),
    },
    residual: 'pre',
    head,
    tied: head.task === 'causal-lm' && read.boolean('tie_word_embeddings', true),
    kernelOrder: 'inOut',
    biases: { attention: true, output: true, feedForward: true },
    names: {
      embedding: 'transformer.wte',
      finalNorm: 'transformer.ln_f',
      head: head.task === 'causal-lm' ? 'lm_head' : 'score',
      layer(index) {
        const layer = `transformer.h.${index}`;
        return {
          attentionNorm: `${layer}.ln_1`,
          projections: [`${layer}.attn.c_attn`],
          attentionOutput: `${layer}.attn.c_proj`,
          feedForwardNorm: `${layer}.ln_2`,
          feedForwardInput: [`${layer}.mlp.c_fc`],
          feedForwardOutput: `${layer}.mlp.c_proj`,
        };
      },
      stored: { bodyPrefix: 'transformer.', olderEnds: [], ignored: [/\.attn\.(masked_)?bias$/] },
    },
  };
}
