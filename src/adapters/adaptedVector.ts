/** A gain or a bias that trains, in place of the frozen one it starts as; or one that changes without training. */
import tf from '@tensorflow/tfjs';
import { trainedVector, type Vector } from '../blocks/vector.ts';
import { withStrength } from './strength.ts';
import type { Update, Whole } from './types.ts';

export function adaptedVector(frozen: Vector, whole: Whole, strength: () => number): Vector {
  const trained = trainedVector(whole);
  return {
    size: trained.size,
    trains: true,
    get value() {
      return withStrength(strength(), trained.value, () => frozen.value);
    },
    accumulateRows: trained.accumulateRows,
    dispose: () => {},
  };
}

/** With what an update adds to it (several adapters on one base), of one lane. */
export function changedVector(frozen: Vector, update: Update, strength: () => number): Vector {
  return {
    ...frozen,
    get value() {
      const changed = tf.add(frozen.value, tf.reshape(update.delta(0), [frozen.size]));
      return withStrength(strength(), changed, () => frozen.value);
    },
    dispose: () => {},
  };
}
