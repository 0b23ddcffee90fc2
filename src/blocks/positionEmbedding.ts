/** Learned positions:   y = x + P[0 .. length − 1] for every sequence.     dx = dy. */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import type { FrozenTable } from '../tensor/frozen.ts';
import { type Block, block } from './block.ts';

export function positionEmbedding(table: FrozenTable): Block {
  return block({
    trains: false,
    forward(x: Tensor2D, { sequences, length }) {
      const width = table.shape[1];
      const rows = table.use((positions) => tf.slice(positions, [0, 0], [length, width]));
      const y = tf.add(tf.reshape(x, [sequences, length, width]), rows);
      return { y: tf.reshape(y, [sequences * length, width]), saved: null };
    },
    backward: (dy, _saved, wantsInput) => (wantsInput ? tf.clone(dy) : null),
  });
}
