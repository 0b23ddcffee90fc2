/** Learned positions:   y = x + P[0 .. length − 1] for every sequence.     dx = dy; the gradient of P adds dy's rows up by position. */
import tf, { type Tensor1D, type Tensor2D } from '@tensorflow/tfjs';
import { RequestError } from '../errors.ts';
import { cached } from '../tensor/cached.ts';
import type { Ids } from '../tensor/siteInput.ts';
import { type Block, block } from './block.ts';
import type { TableMap } from './embedding.ts';

/** `table` has a row for each of so many positions; a longer sequence is a RequestError. */
export function positionEmbedding(table: TableMap, positions: number): Block {
  return block({
    trains: table.trains,
    forward(x: Tensor2D, pass) {
      if (pass.length > positions)
        throw new RequestError(
          `a sequence of ${pass.length} tokens is too long for a model of ${positions} positions; cut it`,
        );
      const rows = table.forward(positionsOf(pass.sequences, pass.length), pass);
      return { y: tf.add(x, rows.y) as Tensor2D, saved: { table: rows.saved } };
    },
    backward(dy, saved, wantsInput) {
      if (table.trains) table.backward(dy, saved.table, false);
      return wantsInput ? tf.clone(dy) : null;
    },
  });
}

/** 0 to length − 1, once for every sequence. */
function positionsOf(sequences: number, length: number): Ids {
  const host = Int32Array.from({ length: sequences * length }, (_, row) => row % length);
  return { host, device: cached(`positions/${sequences}/${length}`, () => tf.tensor1d(host, 'int32')) as Tensor1D };
}
