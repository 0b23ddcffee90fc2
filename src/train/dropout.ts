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
): (step: number, part: number, batch: { readonly sequences: number }) => Pass['mask'] {
  return (step, part, { sequences }) =>
    (site, rows, features, p) => {
      const perLane = sequences / seeds.length;
      const perSequence = (rows / sequences) * features;
      const draw = (seed: number): Float32Array => {
        const kept = new Float32Array(perLane * perSequence);
        for (let at = 0; at < perLane; at++) {
          const bits = stream(seed, 'dropout', site, step, part, at).mask(perSequence, 1 - p);
          for (let i = 0; i < bits.length; i++) kept[at * bits.length + i] = bits[i]! / (1 - p);
        }
        return kept;
      };
      const drawn = new Map([...new Set(seeds)].map((seed) => [seed, draw(seed)])); // lanes of one seed share their masks
      const kept = new Float32Array(rows * features);
      seeds.forEach((seed, lane) => kept.set(drawn.get(seed)!, lane * perLane * perSequence));
      return tf.tensor2d(kept, [rows, features]);
    };
}
