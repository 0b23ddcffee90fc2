/** Sequences to rectangular batches, padded on the right. Padding has the label −100 and, behind a causal mask, no influence. */
import { RequestError } from '../errors.ts';
import { stream } from '../tensor/random.ts';
import { ignored, type Sequence } from './encode.ts';

export interface Batch {
  /** [rows · length], row after row. */
  readonly ids: Int32Array;
  /** [rows · length]; −100 where no loss counts. */
  readonly labels: Int32Array;
  readonly rows: number;
  /** Tokens in a row, padding included. */
  readonly length: number;
  /** [rows]: which of the sequences each row is. */
  readonly members: Int32Array;
}

export interface TrainingOptions {
  readonly rows: number;
  /** Tokens in a row of every batch; 'longest' (the default): the longest of each batch, rounded up to a multiple of 16. */
  readonly length?: number | 'longest';
  readonly seed: number;
  /** Any id of the vocabulary will do: 0 by default. */
  readonly padId?: number;
}

/**
 * Batch number `step` (0, 1, …), a pure function of the seed and the step, so a run can go on from anywhere. The sequences are
 * shuffled anew in every epoch; a batch may hold the end of one epoch and the beginning of the next, so all have `rows` rows.
 */
export function trainingBatches(sequences: readonly Sequence[], options: TrainingOptions): (step: number) => Batch {
  const { rows, length = 'longest', seed, padId = 0 } = options;
  checkRequest(sequences, rows);
  const count = sequences.length;
  const orders = new Map<number, Int32Array>();

  function orderOf(epoch: number): Int32Array {
    let order = orders.get(epoch);
    if (order === undefined) {
      order = stream(seed, 'batches', epoch).shuffle(Int32Array.from({ length: count }, (_, i) => i));
      if (orders.size > 1) orders.clear();
      orders.set(epoch, order);
    }
    return order;
  }

  return (step) => {
    const members = Int32Array.from({ length: rows }, (_, row) => {
      const position = step * rows + row;
      return orderOf(Math.floor(position / count))[position % count];
    });
    return pad(sequences, members, length, padId);
  };
}

/** Every sequence exactly once, shortest first so that little is padded; the last batch may have fewer rows. */
export function evaluationBatches(
  sequences: readonly Sequence[],
  options: { readonly rows: number; readonly padId?: number },
): Batch[] {
  const { rows, padId = 0 } = options;
  checkRequest(sequences, rows);
  // Ties keep their order: sort is stable.
  const order = sequences.map((_, i) => i).sort((a, b) => sequences[a].ids.length - sequences[b].ids.length);
  const batches: Batch[] = [];
  for (let start = 0; start < order.length; start += rows) {
    batches.push(pad(sequences, Int32Array.from(order.slice(start, start + rows)), 'longest', padId));
  }
  return batches;
}

function pad(sequences: readonly Sequence[], members: Int32Array, length: number | 'longest', padId: number): Batch {
  const rows = members.length;
  const longest = members.reduce((most, member) => Math.max(most, sequences[member].ids.length), 0);
  const width = length === 'longest' ? Math.ceil(longest / 16) * 16 : length;
  if (longest > width) {
    throw new RequestError(
      `A sequence of ${longest} tokens does not fit in rows of ${width}: encode the texts with maxLength ${width}.`,
    );
  }
  const ids = new Int32Array(rows * width).fill(padId);
  const labels = new Int32Array(rows * width).fill(ignored);
  members.forEach((member, row) => {
    ids.set(sequences[member].ids, row * width);
    labels.set(sequences[member].labels, row * width);
  });
  return { ids, labels, rows, length: width, members };
}

function checkRequest(sequences: readonly Sequence[], rows: number): void {
  if (sequences.length === 0)
    throw new RequestError('There are no examples to make batches of: this split of the task is empty.');
  if (!Number.isInteger(rows) || rows < 1)
    throw new RequestError(`A batch must have a whole number of rows, at least 1, not ${rows}.`);
}
