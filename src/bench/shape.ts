/** Sizes of the networks that are timed: a Llama with tied head, drawn at random, and the rows of a training step. */
export interface Shape {
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly feedForward: number;
  readonly vocabulary: number;
  /** Sequences in a step. */
  readonly batch: number;
  /** Tokens in a sequence. */
  readonly sequence: number;
}

const sequences = { vocabulary: 4096, sequence: 128 };

/** Hidden width x layers. */
export type ShapeName = '64x5' | '256x4' | '512x6' | '768x12';

export const shapes: { readonly [name in ShapeName]: Shape } = {
  '64x5': { hidden: 64, layers: 5, heads: 8, feedForward: 172, batch: 8, ...sequences },
  '256x4': { hidden: 256, layers: 4, heads: 8, feedForward: 688, batch: 8, ...sequences },
  '512x6': { hidden: 512, layers: 6, heads: 8, feedForward: 1376, batch: 8, ...sequences },
  '768x12': { hidden: 768, layers: 12, heads: 12, feedForward: 2048, batch: 4, ...sequences },
};

/** 64 rows a step, as small runs have them. */
export const rows64: Shape = { ...shapes['64x5'], vocabulary: 512, batch: 1, sequence: 64 };

/** config.json of a network of these sizes. */
export const configOf = ({ hidden, layers, heads, feedForward, vocabulary }: Shape): object => ({
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  hidden_size: hidden,
  num_hidden_layers: layers,
  num_attention_heads: heads,
  num_key_value_heads: heads,
  intermediate_size: feedForward,
  vocab_size: vocabulary,
  max_position_embeddings: 2048,
  rms_norm_eps: 1e-5,
  hidden_act: 'silu',
  tie_word_embeddings: true,
});

export const sizeText = ({ hidden, layers, vocabulary, batch, sequence }: Shape): string =>
  `hidden ${hidden}, ${layers} layers, vocabulary ${vocabulary}, ${batch} × ${sequence} tokens`;
