/**
 * How many runs go through a step together. Side by side they share what a step costs whatever its size (some hundred calls of the
 * engine); what grows with the rows they share in nothing. On the native engine, in milliseconds for each run of a Llama of 260,000
 * weights (64 wide, 5 layers, one thread, median):
 *
 *   rows of a run   1 lane   2     3     4     6     8     12    16
 *              64     7.6                3.3         2.6         2.2
 *             256      13                8.9         8.1   7.9
 *             512      21    18          16    16
 *            1024      38    35    34
 *
 * So a step is filled up to some thousands of rows: memory for activations grows with them, time no longer shrinks.
 */
import type { Sequence } from '../data/encode.ts';
import type { TrainSettings } from './trainOptions.ts';

const rowsWanted = 3072;

/** Of each variant, by its name. */
export interface Lanes {
  readonly [variant: string]: number;
}

/** From 1 to `laneCap`, for runs of so many rows (rowsOf). */
export function lanesFor(rows: number, laneCap: number): number {
  return Math.max(1, Math.min(laneCap, Math.floor(rowsWanted / rows)));
}

/** Of a training text. */
export const meanTokens = (training: readonly Sequence[]): number =>
  training.reduce((sum, { ids }) => sum + ids.length, 0) / training.length;

/** Tokens that one run reads in a part of a step, for texts of so many in the mean: a function of the plan. */
export const rowsOf = (
  { batch, accumulation }: Pick<TrainSettings, 'batch' | 'accumulation'>,
  tokens: number,
): number => (batch / accumulation) * tokens;
