/** A batch of token sequences as the embedding and the head read it, on the host and on the device. */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { RequestError } from '../errors.ts';
import { type Ids, idsOf } from '../tensor/siteInput.ts';

export interface TokenBatch {
  readonly lanes: number;
  readonly sequences: number;
  readonly length: number;
  readonly ids: Ids;
  /** What each row should predict; 0 where its weight is 0. */
  readonly targets: Ids;
  /** [rows, 1]: share / count of the row's lane where the row counts, else 0, so that Σ weight · loss is the lanes' mean · share. */
  readonly weight: Tensor2D;
  /** [rows, 2]: row and target, to pick a row's probability. */
  readonly targetIndex: Tensor2D;
  /** Rows that count, per lane. */
  readonly counts: readonly number[];
}

/** Labels as in Hugging Face: position i predicts labels[i + 1]; −100 is left out. */
export const ignored = -100;

/**
 * ids and labels: [lanes · rows · length], lanes one after the other. `share` scales the loss: 1/parts under gradient
 * accumulation. A RequestError where they are not equally long or do not hold whole sequences, equally many for every lane.
 */
export function tokenBatch(
  ids: Int32Array,
  labels: Int32Array,
  { lanes, length, share = 1 }: { lanes: number; length: number; share?: number },
): TokenBatch {
  const rows = ids.length;
  if (labels.length !== rows || rows === 0 || rows % (lanes * length) !== 0)
    throw new RequestError(
      `a batch for ${lanes} lanes needs as many labels as ids, and whole sequences of ${length} tokens, equally many a lane; ` +
        `it has ${rows} ids and ${labels.length} labels`,
    );
  const perLane = rows / lanes;
  const targets = new Int32Array(rows);
  const weight = new Float32Array(rows);
  const counts = Array.from({ length: lanes }, (_, lane) => {
    let count = 0;
    for (let i = lane * perLane; i < (lane + 1) * perLane; i++) {
      const label = i % length === length - 1 ? ignored : labels[i + 1];
      if (label === ignored) continue;
      targets[i] = label;
      weight[i] = 1;
      count++;
    }
    for (let i = lane * perLane; i < (lane + 1) * perLane; i++) weight[i] = weight[i] && share / count;
    return count;
  });
  const index = new Int32Array(2 * rows);
  targets.forEach((target, i) => index.set([i, target], 2 * i));
  return {
    lanes,
    length,
    sequences: rows / length,
    counts,
    ids: idsOf(ids),
    targets: idsOf(targets),
    weight: tf.tensor2d(weight, [rows, 1]),
    targetIndex: tf.tensor2d(index, [rows, 2], 'int32'),
  };
}
