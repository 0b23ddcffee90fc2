/** A token embedding with a method on it:   y = rescale(E[ids] + Δ(ids)). PEFT applies no dropout here, so neither do we. */
import tf from '@tensorflow/tfjs';
import { block } from '../blocks/block.ts';
import type { TableMap } from '../blocks/embedding.ts';
import type { FrozenTable } from '../tensor/frozen.ts';
import { type Ids, idsInput } from '../tensor/siteInput.ts';
import { withStrength } from './strength.ts';
import type { Rescale, Update } from './types.ts';

export function adaptedTable(table: FrozenTable, update: Update, rescale: Rescale, strength: () => number): TableMap {
  const [vocabulary] = table.shape;
  let ids: Ids | null = null; // of the forward pass that the next backward pass belongs to
  return block({
    trains: true,
    forward(given: Ids) {
      ids = given;
      const input = idsInput(given, vocabulary);
      const change = update.forward(input);
      const base = update.replaces ? [] : [table.rows(given)];
      const residual = update.residual ? [update.residual.times(input)] : [];
      const scaled = rescale.forward([...base, ...residual, change.y].reduce((sum, term) => tf.add(sum, term)));
      const y = withStrength(strength(), scaled.y, () => table.rows(given));
      return { y, saved: { update: change.saved, output: scaled.saved } };
    },
    backward(dy, saved) {
      update.backward(rescale.backward(dy, saved.output), idsInput(ids!, vocabulary), saved.update, false);
      return null;
    },
  });
}
