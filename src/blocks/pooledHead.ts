/**
 * A head that sees one row of each sequence:   z = head(f(x[rows])).     dx is 0 but at those rows.
 *
 * Which row: the first, as in BERT, or the last token that is not padding, as in decoders.
 */
import tf, { type Tensor1D, type Tensor2D } from '@tensorflow/tfjs';
import { RequestError } from '../errors.ts';
import { release, scoped } from '../tensor/engine.ts';
import type { Saved } from '../tensor/step.ts';
import type { Batch } from './batch.ts';
import type { Block, Pass } from './block.ts';
import type { Head, Score } from './head.ts';
import type { TokenBatch } from './tokenBatch.ts';

/** The position that speaks for each sequence, [sequences]. */
export type RowOf = (batch: TokenBatch) => Int32Array;

export const firstRow: RowOf = ({ sequences }) => new Int32Array(sequences);

/** The rightmost token that is not the padding token. Without such a token, the last, which padded sequences then cannot have. */
export const lastTokenRow =
  (padding: number | null): RowOf =>
  ({ ids, length, sequences, padding: padded }) => {
    if (padding === null && padded)
      throw new RequestError(
        'config.json has no pad_token_id, so that the last token of a padded sequence cannot be told; add it, or pad nothing',
      );
    return Int32Array.from({ length: sequences }, (_, s) => {
      let at = length - 1;
      while (at > 0 && ids.host[s * length + at] === padding) at--;
      return at;
    });
  };

export function pooledHead(rowOf: RowOf, f: Block, inner: Head): Head {
  const rowsOf = (batch: Batch): Int32Array => {
    const tokens = batch as TokenBatch;
    return rowOf(tokens).map((at, s) => s * tokens.length + at);
  };
  const picked = (x: Tensor2D, batch: Batch): Tensor2D => tf.gather(x, device(rowsOf(batch)));
  const pooled = (x: Tensor2D, batch: Batch, pass: Pass): Tensor2D =>
    f.forward(picked(x, batch), { ...pass, saves: false }).y;
  return {
    trains: f.trains || inner.trains,
    logits: scoped((x: Tensor2D, batch: Batch, pass: Pass) => inner.logits(pooled(x, batch, pass), batch, pass)),
    score: scoped((x: Tensor2D, index: Tensor2D, batch: Batch, pass: Pass): Score =>
      inner.score(pooled(x, batch, pass), index, batch, pass),
    ),
    pooled: scoped(pooled),
    forward: scoped((x: Tensor2D, batch: Batch, pass: Pass) => {
      const wantsInput = pass.wantsInput || f.trains;
      const before = f.forward(picked(x, batch), { ...pass, saves: pass.saves && wantsInput });
      const { y, saved } = inner.forward(before.y, batch, { ...pass, wantsInput });
      return { y, saved: pass.saves ? { before: before.saved, inner: saved } : null };
    }),
    backward(batch, saved, wantsInput) {
      const { before, inner: after } = saved as { before: Saved; inner: Saved };
      const dPooled = inner.backward(batch, after, wantsInput || f.trains);
      const dPicked = dPooled && f.backward(dPooled, before, wantsInput);
      const dx =
        wantsInput && dPicked
          ? scoped(() => spread(dPicked, rowsOf(batch), (batch as TokenBatch).ids.host.length))()
          : null;
      release(dPooled, dPicked);
      return dx;
    },
  };
}

/** Rows laid at their places among rows of zeros, by gathering: a product with a one-hot matrix would let a NaN reach its neighbours. */
function spread(dy: Tensor2D, places: Int32Array, rows: number): Tensor2D {
  const [sequences, width] = dy.shape;
  const from = new Int32Array(rows).fill(sequences);
  places.forEach((row, s) => (from[row] = s));
  return tf.gather(tf.concat([dy, tf.zeros([1, width])], 0) as Tensor2D, device(from));
}

const device = (rows: Int32Array): Tensor1D => tf.tensor1d(rows, 'int32');
