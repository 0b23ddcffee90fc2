/** Training batches of several runs side by side. Runs of the same seed see the same sequences, whatever else differs. */
import { trainingBatches } from '../data/batches.ts';
import { ignored, type Sequence } from '../data/encode.ts';
import type { LaneBatch } from '../train/trainer.ts';

export interface LaneBatchOptions {
  /** One a lane. */
  readonly seeds: readonly number[];
  /** Sequences of one lane in one part of a step. */
  readonly rows: number;
  /** Parts of a step. */
  readonly parts: number;
}

/** The batch of a step (from 1) and part (from 0), all lanes padded to the longest. */
export function laneBatches(
  sequences: readonly Sequence[],
  { seeds, rows, parts }: LaneBatchOptions,
): (step: number, part: number) => LaneBatch {
  const ofSeed = new Map(seeds.map((seed) => [seed, trainingBatches(sequences, { rows, seed })]));
  return (step, part) => {
    const index = (step - 1) * parts + part;
    const drawn = new Map([...ofSeed].map(([seed, batchAt]) => [seed, batchAt(index)]));
    const length = Math.max(...[...drawn.values()].map((batch) => batch.length));
    const ids = new Int32Array(seeds.length * rows * length);
    const labels = new Int32Array(ids.length).fill(ignored);
    seeds.forEach((seed, lane) => {
      const batch = drawn.get(seed)!;
      for (let row = 0; row < rows; row++) {
        const to = (lane * rows + row) * length;
        const from = row * batch.length;
        ids.set(batch.ids.subarray(from, from + batch.length), to);
        labels.set(batch.labels.subarray(from, from + batch.length), to);
      }
    });
    return { ids, labels, length };
  };
}
