/** Dropout masks from each lane's own stream, a function of seed, site, step and part: the same at every replay, in any lane. */
import tf from '@tensorflow/tfjs';
import type { Pass } from '../blocks/block.ts';
import { stream } from '../tensor/random.ts';

/** Masks of 0 and 1/(1 − p) for `TrainPlan.masks`. `seeds`: one a lane; the rows of a batch are theirs in turn. */
export function dropoutMasks(seeds: readonly number[]): (step: number, part: number) => Pass['mask'] {
  return (step, part) => (site, rows, features, p) => {
    const perLane = (rows / seeds.length) * features;
    const kept = new Float32Array(rows * features);
    seeds.forEach((seed, lane) => {
      const bits = stream(seed, 'dropout', site, step, part).mask(perLane, 1 - p);
      for (let i = 0; i < perLane; i++) kept[lane * perLane + i] = bits[i]! / (1 - p);
    });
    return tf.tensor2d(kept, [rows, features]);
  };
}
