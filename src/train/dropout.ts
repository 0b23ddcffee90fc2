/**
 * Dropout masks from each lane's own stream, a function of seed, site, step, part and the sequence's place in the batch: the same at
 * every replay, in any lane, beside whatever other lanes, and however far a sequence is padded.
 */
import tf from '@tensorflow/tfjs';
import type { Pass } from '../blocks/block.ts';
import { stream } from '../tensor/random.ts';

/** Masks of 0 and 1/(1 − p) for `TrainPlan.masks`. `seeds`: one a lane; the sequences of a batch are theirs in turn. */
export function dropoutMasks(
  seeds: readonly number[],
): (step: number, part: number, batch: { readonly length: number }) => Pass['mask'] {
  return (step, part, { length }) =>
    (site, rows, features, p) => {
      const kept = new Float32Array(rows * features);
      const numbers = length * features;
      const perLane = rows / length / seeds.length;
      for (let at = 0; at * length < rows; at++) {
        const seed = seeds[Math.floor(at / perLane)]!;
        const bits = stream(seed, 'dropout', site, step, part, at % perLane).mask(numbers, 1 - p);
        for (let i = 0; i < numbers; i++) kept[at * numbers + i] = bits[i]! / (1 - p);
      }
      return tf.tensor2d(kept, [rows, features]);
    };
}
