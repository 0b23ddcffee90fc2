/**
 * How well a model predicts sequences, under teacher forcing, over the labels that count:
 *
 *   lossNats = −Σ log P / tokens,   perplexity = exp(lossNats),   bitsPerByte = −Σ log₂ P / bytes of the text.
 */
import type { Sequence } from '../data/encode.ts';
import type { Model } from './model.ts';
import { type BetweenBatches, scoreSequences } from './sequenceScores.ts';

export interface TextScores {
  readonly lossNats: number;
  readonly perplexity: number;
  readonly bitsPerByte: number;
  /** Share of tokens that are the likeliest at their place. */
  readonly tokenAccuracy: number;
  /** Labels that count, ends of texts among them. */
  readonly tokens: number;
  /** UTF-8 bytes of what they spell. */
  readonly bytes: number;
}

/** Of a model of one lane, as strong as it is. Leaves no tensor behind. */
export async function textScores(
  model: Model,
  sequences: readonly Sequence[],
  between?: BetweenBatches,
): Promise<TextScores> {
  const [scores] = await scoreSequences(model, sequences, between);
  const sum = (values: Float64Array | Int32Array): number => Array.from<number>(values).reduce((a, b) => a + b, 0);
  const nats = sum(scores!.nats);
  const tokens = sum(scores!.tokens);
  const bytes = sequences.reduce((n, { completionBytes }) => n + completionBytes, 0);
  return {
    lossNats: nats / tokens,
    perplexity: Math.exp(nats / tokens),
    bitsPerByte: nats / Math.LN2 / bytes,
    tokenAccuracy: sum(scores!.correct) / tokens,
    tokens,
    bytes,
  };
}

/** The same of the base, held as it is, without any adapter. */
export async function baseScores(
  model: Model,
  sequences: readonly Sequence[],
  between?: BetweenBatches,
): Promise<TextScores> {
  const { strength } = model;
  model.strength = 0;
  try {
    return await textScores(model, sequences, between);
  } finally {
    model.strength = strength;
  }
}
