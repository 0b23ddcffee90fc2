/** Scores of whole sequences under teacher forcing, each lane of a model on the same sequences. */
import { setImmediate } from 'node:timers/promises';
import { tokenBatch } from '../blocks/tokenBatch.ts';
import { type Batch, evaluationBatches } from '../data/batches.ts';
import { ignored, type Sequence } from '../data/encode.ts';
import { release } from '../tensor/engine.ts';
import type { Model } from './model.ts';

/** Of one lane; one entry per sequence. */
export interface SequenceScores {
  /** −Σ log P over the labels that count. */
  readonly nats: Float64Array;
  /** Labels that count. */
  readonly tokens: Int32Array;
  /** Those of them that the model finds likeliest. */
  readonly correct: Int32Array;
}

/** Called after each batch with the tokens that every lane has read in it; what it throws ends the work. */
export type BetweenBatches = (tokens: number) => void;

/** Tokens of all lanes in one batch: more is no faster on a processor, and their logits must fit in memory. */
const batchTokens = 16_384;

/** Rows per lane, so that a batch of the longest sequences stays within that. */
export function evaluationRows(sequences: readonly { readonly ids: Int32Array }[], lanes: number): number {
  const longest = sequences.reduce((most, { ids }) => Math.max(most, ids.length), 1);
  return Math.max(1, Math.min(32, Math.floor(batchTokens / (lanes * longest))));
}

/**
 * One entry per lane. Between batches the event loop has its turn.
 */
export async function scoreSequences(
  model: Model,
  sequences: readonly Sequence[],
  between: BetweenBatches = () => {},
): Promise<SequenceScores[]> {
  const { lanes } = model.arena;
  const scores = Array.from({ length: lanes }, () => ({
    nats: new Float64Array(sequences.length),
    tokens: new Int32Array(sequences.length),
    correct: new Int32Array(sequences.length),
  }));
  if (sequences.length === 0) return scores;
  for (const batch of evaluationBatches(sequences, { rows: evaluationRows(sequences, lanes) })) {
    const { logProbability, likeliest } = scoreBatch(model, batch);
    const size = batch.ids.length;
    for (let at = 0; at < size; at++) {
      if (at % batch.length === batch.length - 1) continue;
      const label = batch.labels[at + 1]!;
      if (label === ignored) continue;
      const sequence = batch.members[Math.floor(at / batch.length)]!;
      scores.forEach(({ nats, tokens, correct }, lane) => {
        nats[sequence]! -= logProbability[lane * size + at]!;
        tokens[sequence]!++;
        if (likeliest[lane * size + at] === label) correct[sequence]!++;
      });
    }
    between(batch.members.reduce((sum, member) => sum + sequences[member]!.ids.length, 0));
    await setImmediate();
  }
  return scores;
}

/** Every row's log-probability of its label and its likeliest token, lanes one after the other. */
function scoreBatch(
  model: Model,
  { ids, labels, length }: Batch,
): { logProbability: Float32Array; likeliest: Int32Array } {
  const { lanes } = model.arena;
  const batch = tokenBatch(repeated(ids, lanes), repeated(labels, lanes), { lanes, length });
  const score = model.score(batch, batch.targetIndex);
  const logProbability = score.logProbability.dataSync() as Float32Array;
  const likeliest = score.likeliest.dataSync() as Int32Array;
  release(batch, score);
  return { logProbability, likeliest };
}

/** The same for every lane. */
export function repeated(values: Int32Array, lanes: number): Int32Array {
  const all = new Int32Array(lanes * values.length);
  for (let lane = 0; lane < lanes; lane++) all.set(values, lane * values.length);
  return all;
}
