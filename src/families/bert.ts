/**
 * BERT, arXiv:1810.04805, and RoBERTa, arXiv:1907.11692: encoders with the norm after each sum, learned positions and token types.
 * They differ in how positions count, in the names and in the heads.
 */
import { type ActivationName, activations } from '../blocks/activations/index.ts';
import type { HeadArchitecture, Positions, TransformerArchitecture } from './architecture.ts';
import { configReader } from './config.ts';
import { labelsOf, taskNamed } from './task.ts';

export function bert(config: object): TransformerArchitecture {
  const task = encoderTask(config);
  const body = task === 'feature' ? '' : 'bert.';
  const transform = 'cls.predictions.transform';
  return encoder(config, {
    body,
    prefix: 'bert.',
    padding: null,
    outputs: { 'masked-lm': 'cls.predictions.decoder', 'sequence-classification': 'classifier' },
    transform: { map: `${transform}.dense`, norm: `${transform}.LayerNorm`, bias: 'cls.predictions.bias' },
    pooler: `${body}pooler.dense`,
    ignored: [/^cls\.seq_relationship\./, /^cls\.predictions\.decoder\./],
  });
}

export function roberta(config: object): TransformerArchitecture {
  const task = encoderTask(config);
  const body = task === 'feature' ? '' : 'roberta.';
  return encoder(config, {
    body,
    prefix: 'roberta.',
    padding: configReader(config).number('pad_token_id', 1),
    outputs: { 'masked-lm': 'lm_head.decoder', 'sequence-classification': 'classifier.out_proj' },
    transform: { map: 'lm_head.dense', norm: 'lm_head.layer_norm', bias: 'lm_head.bias', activation: 'gelu' },
    pooler: task === 'feature' ? `${body}pooler.dense` : 'classifier.dense',
    ignored: [/^lm_head\.decoder\./],
  });
}

interface EncoderNames {
  /** Begins the names of the body, which the bare encoder leaves out. */
  readonly body: string;
  readonly prefix: string;
  /** The token that positions pass over; null where they count all. */
  readonly padding: number | null;
  readonly outputs: { readonly [task in 'masked-lm' | 'sequence-classification']: string };
  readonly transform: {
    readonly map: string;
    readonly norm: string;
    readonly bias: string;
    /** That of the feed-forward unless given. */
    readonly activation?: ActivationName;
  };
  readonly pooler: string;
  readonly ignored: readonly RegExp[];
}

const encoderTask = (config: object): HeadArchitecture['task'] & ('masked-lm' | 'sequence-classification' | 'feature') =>
  taskNamed(configReader(config), ['masked-lm', 'sequence-classification', 'feature']);

function encoder(config: object, given: EncoderNames): TransformerArchitecture {
  const { body, prefix, padding } = given;
  const read = configReader(config);
  const width = read.integer('hidden_size', 768);
  const heads = read.integer('num_attention_heads', 12);
  read.multiple('hidden_size', width, heads, 'num_attention_heads');
  read.only('position_embedding_type', ['absolute']);
  read.only('is_decoder', [false]);
  read.only('add_cross_attention', [false]);
  const headWidth = width / heads;
  const layers = read.integer('num_hidden_layers', 12);
  const rows = read.integer('max_position_embeddings', 512);
  const activation = read.name('hidden_act', activations, 'gelu');
  const task = encoderTask(config);
  const { transform } = given;
  const ends: { readonly [T in typeof task]: () => HeadArchitecture } = {
    'masked-lm': () => ({ task: 'masked-lm', transform: { activation, ...transform }, bias: transform.bias }),
    'sequence-classification': () => ({
      task: 'sequence-classification',
      ...labelsOf(read),
      row: { at: 'first' },
      pooler: given.pooler,
      hasBias: true,
    }),
    feature: () => ({ task: 'feature', pooler: given.pooler }),
  };
  const positions: Positions = { type: 'learned', table: `${body}embeddings.position_embeddings`, rows, padding };
  return {
    type: 'transformer',
    vocabulary: read.integer('vocab_size', prefix === 'bert.' ? 30522 : 50265),
    width,
    layers,
    maxLength: padding === null ? rows : rows - padding - 1,
    norm: { type: 'layer', epsilon: read.number('layer_norm_eps', 1e-12) },
    heads,
    keyValueHeads: heads,
    headWidth,
    attention: {
      causal: false,
      windows: Array.from({ length: layers }, () => null),
      scales: Array.from({ length: layers }, () => 1 / Math.sqrt(headWidth)),
      queryKeyNorm: false,
      fused: null,
    },
    positions,
    tokenTypes: read.integer('type_vocab_size', 2),
    feedForward: { type: 'plain', width: read.integer('intermediate_size', 3072), activation },
    residual: 'post',
    head: ends[task](),
    tied: task === 'masked-lm' && read.boolean('tie_word_embeddings', true),
    kernelOrder: 'outIn',
    biases: { attention: true, output: true, feedForward: true },
    names: {
      embedding: `${body}embeddings.word_embeddings`,
      tokenTypes: `${body}embeddings.token_type_embeddings`,
      embeddingNorm: `${body}embeddings.LayerNorm`,
      head: task === 'feature' ? '' : given.outputs[task],
      layer(index) {
        const layer = `${body}encoder.layer.${index}`;
        const attention = `${layer}.attention`;
        return {
          projections: [`${attention}.self.query`, `${attention}.self.key`, `${attention}.self.value`],
          attentionOutput: `${attention}.output.dense`,
          attentionNorm: `${attention}.output.LayerNorm`,
          feedForwardInput: [`${layer}.intermediate.dense`],
          feedForwardOutput: `${layer}.output.dense`,
          feedForwardNorm: `${layer}.output.LayerNorm`,
        };
      },
      stored: {
        bodyPrefix: prefix,
        olderEnds: [
          ['.LayerNorm.weight', '.LayerNorm.gamma'],
          ['.LayerNorm.bias', '.LayerNorm.beta'],
          [transform.bias, `${given.outputs['masked-lm']}.bias`],
        ],
        ignored: [/(^|\.)embeddings\.(position_ids|token_type_ids)$/, /(^|\.)pooler\.dense\./, ...given.ignored],
      },
    },
  };
}
