/**
 * What BERT, arXiv:1810.04805, and RoBERTa, arXiv:1907.11692, have in common: encoders with the norm after each sum, learned positions
 * and token types. They differ in how positions count, in their names and in their heads.
 */
import { type ActivationName, activations } from '../blocks/activations/index.ts';
import type { HeadArchitecture, TransformerArchitecture } from './architecture.ts';
import { type ConfigReader, configReader, mostLayers } from './config.ts';
import { labelsOf, taskNamed } from './task.ts';

export interface EncoderDifferences {
  readonly vocabulary: number;
  /** Begins the names of the body, which the bare encoder leaves out. */
  readonly body: string;
  readonly prefix: string;
  /** The token that positions pass over; null where they count all. */
  readonly padding: number | null;
  readonly outputs: { readonly [task in 'masked-lm' | 'sequence-classification']: string };
  readonly transform: {
    readonly map: string;
    readonly norm: string;
    /** The output's, where its map is the embedding's; a map of its own has one of its own. */
    readonly bias: string;
    /** That of the feed-forward unless given. */
    readonly activation?: ActivationName;
  };
  readonly pooler: string;
  readonly ignored: readonly RegExp[];
}

type EncoderTask = 'masked-lm' | 'sequence-classification' | 'feature';

export const encoderTask = (config: object): EncoderTask =>
  taskNamed(configReader(config), ['masked-lm', 'sequence-classification', 'feature']);

export function encoder(config: object, given: EncoderDifferences): TransformerArchitecture {
  const { body, prefix, padding } = given;
  const read = configReader(config);
  const width = read.integer('hidden_size', 768);
  const heads = read.integer('num_attention_heads', 12);
  read.multiple('hidden_size', width, heads, 'num_attention_heads');
  read.only('position_embedding_type', ['absolute']);
  read.only('is_decoder', [false]);
  read.only('add_cross_attention', [false]);
  const headWidth = width / heads;
  const layers = read.integer('num_hidden_layers', 12, mostLayers);
  const rows = read.integer('max_position_embeddings', 512);
  const activation = read.name('hidden_act', activations, 'gelu');
  const task = encoderTask(config);
  const tied = task === 'masked-lm' && read.boolean('tie_word_embeddings', true);
  const head = headOf(read, task, tied, activation, given);
  return {
    type: 'transformer',
    vocabulary: read.integer('vocab_size', given.vocabulary),
    width,
    layers,
    maxLength: padding === null ? rows : rows - padding - 1,
    norm: { type: 'layer', epsilon: read.positive('layer_norm_eps', 1e-12) },
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
    positions: { type: 'learned', table: `${body}embeddings.position_embeddings`, rows, padding },
    tokenTypes: read.integer('type_vocab_size', 2),
    feedForward: { type: 'plain', width: read.integer('intermediate_size', 3072), activation },
    residual: 'post',
    head,
    tied,
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
          [given.transform.bias, outputBias(given)],
          [outputBias(given), given.transform.bias],
        ],
        ignored: [/(^|\.)embeddings\.(position_ids|token_type_ids)$/, /(^|\.)pooler\.dense\./, ...given.ignored],
      },
    },
  };
}

function headOf(
  read: ConfigReader,
  task: EncoderTask,
  tied: boolean,
  activation: ActivationName,
  given: EncoderDifferences,
): HeadArchitecture {
  const { transform, pooler } = given;
  switch (task) {
    case 'masked-lm':
      return { task, transform: { activation, ...transform }, bias: tied ? transform.bias : outputBias(given) };
    case 'sequence-classification':
      return { task, ...labelsOf(read), row: { at: 'first' }, pooler, hasBias: true };
    case 'feature':
      return { task, pooler };
  }
}

const outputBias = ({ outputs }: EncoderDifferences): string => `${outputs['masked-lm']}.bias`;
