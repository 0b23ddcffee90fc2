/** GPT-2: layer norm, learned positions, one fused projection (c_attn), plain feed-forward with GELU, kernels stored [in, out]. */
import type { DecoderArchitecture } from './architecture.ts';
import { configReader } from './config.ts';

export function gpt2(config: object): DecoderArchitecture {
  const read = configReader(config);
  const width = read.integer('n_embd');
  const heads = read.integer('n_head');
  read.multiple('n_embd', width, heads, 'n_head');
  read.only('activation_function', ['gelu_new', undefined]);
  read.only('scale_attn_weights', [true, undefined]);
  read.only('scale_attn_by_inverse_layer_idx', [false, undefined]);
  return {
    vocabulary: read.integer('vocab_size'),
    layers: read.integer('n_layer'),
    maxLength: read.integer('n_positions', 1024),
    norm: {
      type: 'layer',
      epsilon: read.number('layer_norm_epsilon', 1e-5),
    },
    width,
    heads,
    headWidth: width / heads,
    keyValueHeads: heads,
    positions: {
      type: 'learned',
      table: 'transformer.wpe',
    },
    feedForward: {
      type: 'plain',
      width: read.integer('n_inner', 4 * width),
    },
    tied: read.boolean('tie_word_embeddings', true),
    kernelOrder: 'inOut',
    biases: {
      attention: true,
      output: true,
      feedForward: true,
    },
    names: {
      embedding: 'transformer.wte',
      finalNorm: 'transformer.ln_f',
      head: 'lm_head',
      bodyPrefix: 'transformer.',
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
    },
    defaultTargets: {
      kernels: ['c_attn'],
      activations: ['c_attn', 'mlp.c_proj'],
    },
  };
}
