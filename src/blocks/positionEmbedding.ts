/** Learned positions:   y = x + P[0 .. length − 1] for every sequence.     dx = dy; P's gradient adds dy's rows up by position. */
import tf, { type Tensor1D, type Tensor2D } from '@tensorflow/tfjs';
import { cached } from '../tensor/cached.ts';
import type { Ids } from '../tensor/siteInput.ts';
import { type Block, block } from './block.ts';
import type { TableMap } from './embedding.ts';

export function positionEmbedding(table: TableMap): Block {
  return block({
    trains: table.trains,
    forward(x: Tensor2D, pass) {
      const { sequences, length } = pass;
      const width = x.shape[1];
      // What trains differs from lane to lane; what is frozen is read for one sequence and serves all.
      const step = table.forward(positions(length, table.trains ? sequences : 1), pass);
      const y = tf.add(tf.reshape(x, [sequences, length, width]), tf.reshape(step.y, [-1, length, width]));
      return { y: tf.reshape(y, [sequences * length, width]), saved: { table: step.saved } };
    },
    backward(dy, saved, wantsInput) {
      if (table.trains) table.backward(dy, saved.table, false);
      return wantsInput ? tf.clone(dy) : null;
    },
  });
}

/** 0 .. length − 1 for each sequence. */
function positions(length: number, sequences: number): Ids {
  const host = Int32Array.from({ length: sequences * length }, (_, row) => row % length);
  const device = cached(`positions/${length}/${sequences}`, () => tf.tensor1d(host, 'int32')) as Tensor1D;
  return { host, device };
}
