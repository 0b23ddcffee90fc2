/** A batch of token sequences as the embedding, attention and the head read it, on the host and on the device. */
import { RequestError } from '../errors.ts';
import { type Ids, idsOf } from '../tensor/siteInput.ts';
import { classTargets, ignored, numberTargets, type Targets } from './targets.ts';
import { type Padding, paddingOf } from './visibility.ts';

export { ignored } from './targets.ts';

export interface TokenBatch extends Targets {
  readonly sequences: number;
  readonly length: number;
  readonly ids: Ids;
  /** Null: nothing is padded. */
  readonly padding: Padding | null;
  /** Which kind of text each token belongs to, for networks that tell them apart; null: all are 0. */
  readonly types: Ids | null;
}

/** What is predicted from a position: the next token, the token that belongs there, or one label for the whole sequence. */
export type Predicts = 'next' | 'same' | 'sequence';

export interface TokenBatchOptions {
  readonly lanes: number;
  readonly length: number;
  /** Scales the loss: 1/parts under gradient accumulation. */
  readonly share?: number;
  readonly predicts?: Predicts;
  /** 1 for a token, 0 for padding, as many as ids. */
  readonly attentionMask?: Int32Array;
  /** As many as ids. */
  readonly tokenTypes?: Int32Array;
}

/**
 * ids: [lanes · rows · length], lanes one after the other. labels: as many, where position i predicts labels[i + 1] ('next') or
 * labels[i] ('same') and −100 is left out; or one a sequence, a class or (Float32Array) a number. A RequestError where they do not
 * fit each other or do not hold whole sequences, equally many for every lane.
 */
export function tokenBatch(
  ids: Int32Array,
  labels: Int32Array | Float32Array,
  { lanes, length, share = 1, predicts = 'next', attentionMask, tokenTypes }: TokenBatchOptions,
): TokenBatch {
  const rows = ids.length;
  const sequences = rows / length;
  const perSequence = predicts === 'sequence';
  if (labels.length !== (perSequence ? sequences : rows) || rows === 0 || rows % (lanes * length) !== 0)
    throw new RequestError(
      `a batch for ${lanes} lanes needs as many labels as ${perSequence ? 'sequences' : 'ids'}, and whole sequences of ${length} tokens, equally many a lane; ` +
        `it has ${rows} ids and ${labels.length} labels`,
    );
  for (const [what, given] of Object.entries({ attentionMask, tokenTypes }))
    if (given && given.length !== rows)
      throw new RequestError(`a batch of ${rows} ids needs as many numbers in its ${what}; it has ${given.length}`);
  const targets =
    labels instanceof Float32Array
      ? numberTargets(labels, lanes, share)
      : classTargets(predicts === 'next' ? shifted(labels, length) : labels, lanes, share);
  return {
    ...targets,
    length,
    sequences,
    ids: idsOf(ids),
    padding: attentionMask ? paddingOf(attentionMask) : null,
    types: tokenTypes ? idsOf(tokenTypes) : null,
  };
}

/** Each position gets the label of the next; the last of a sequence predicts nothing. */
function shifted(labels: Int32Array, length: number): Int32Array {
  return labels.map((_, i) => (i % length === length - 1 ? ignored : labels[i + 1]!));
}
