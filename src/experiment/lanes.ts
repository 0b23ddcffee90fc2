/**
 * How many runs go through a step together. Side by side they share what a step costs whatever its size (some hundred calls of the
 * engine); what grows with the rows they share in nothing. On the native engine, in milliseconds for each run of a Llama of 260,000
 * weights (64 wide, 5 layers, one thread, median):
 *
 *   rows of a run   1 lane   2      4      8      16
 *              64     21            8.9    5.8    4.7
 *             256     27     22     16     14     13
 *             512     35     29     26     25
 *            1024     80     78     74
 *
 * So a step is filled up to some thousands of rows: memory for activations grows with them, time no longer shrinks.
 */
import type { Material } from './material.ts';

const rowsWanted = 3072;

/** From 1 to `laneCap`, for runs of so many rows (rowsOf). */
export function lanesFor(rows: number, laneCap: number): number {
  return Math.max(1, Math.min(laneCap, Math.floor(rowsWanted / rows)));
}

/** Tokens that one run reads in a part of a step, in the mean: a function of the plan. */
export function rowsOf({ experiment, training }: Pick<Material, 'experiment' | 'training'>): number {
  const { batch, accumulation } = experiment.train;
  const tokens = training.reduce((sum, { ids }) => sum + ids.length, 0);
  return (batch / accumulation) * (tokens / training.length);
}
