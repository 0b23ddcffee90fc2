/** A batch of one lane, given to every lane of a model: for what comes out, not for training. */
import tf, { type Tensor4D } from '@tensorflow/tfjs';
import { idsOf } from '../tensor/siteInput.ts';
import type { Batch } from './batch.ts';

/** `made`: what the caller releases; all else is the batch's. */
export function repeatedInputs(batch: Batch, lanes: number): { batch: Batch; made: unknown } {
  if (lanes === 1) return { batch, made: null };
  const sequences = batch.sequences * lanes;
  if ('pixels' in batch) {
    const pixels = tf.tile(batch.pixels, [lanes, 1, 1, 1]) as Tensor4D;
    return { batch: { ...batch, lanes, sequences, pixels }, made: pixels };
  }
  const of = <T extends Int32Array | Uint8Array>(values: T): T =>
    values.constructor === Int32Array
      ? (Int32Array.from({ length: lanes * values.length }, (_, i) => values[i % values.length]!) as T)
      : (Uint8Array.from({ length: lanes * values.length }, (_, i) => values[i % values.length]!) as T);
  const ids = idsOf(of(batch.ids.host));
  const types = batch.types && idsOf(of(batch.types.host));
  const padding = batch.padding && { tokens: of(batch.padding.tokens), made: {} };
  return { batch: { ...batch, lanes, sequences, ids, types, padding }, made: { ids, types, padding } };
}
