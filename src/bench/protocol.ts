/**
 * What a worker and its parent tell each other, one JSON object a line: job -> ready; measure -> measured, as often as wanted;
 * end -> ended. Any of them may be answered by failed. A worker whose input ends leaves.
 */
import { z } from 'zod';
import { type Environment, environment } from '../results/record/environment.ts';
import type { Job } from './job.ts';

export type ToWorker =
  | { readonly type: 'job'; readonly job: Job }
  | { readonly type: 'measure'; readonly repeats: number }
  | { readonly type: 'end' };

/** The work is set up and warm. */
export interface Ready {
  readonly type: 'ready';
  readonly environment: Environment;
  /** Resident memory before anything was set up. */
  readonly residentBytes: number;
  /** What was counted, not timed: the bytes of a file, the calls of a step. */
  readonly counts: { readonly [what: string]: number };
}

export interface Measured {
  readonly type: 'measured';
  /** Of each repetition. */
  readonly milliseconds: readonly number[];
}

export interface Ended {
  readonly type: 'ended';
  /** Most resident memory that the process ever had. */
  readonly peakBytes: number;
}

export interface Failed {
  readonly type: 'failed';
  readonly message: string;
}

export type FromWorker = Ready | Measured | Ended | Failed;

const count = z.number().nonnegative();

/** Checks an answer. */
export const fromWorker: z.ZodType<FromWorker> = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('ready'),
    environment,
    residentBytes: count,
    counts: z.record(z.string(), count),
  }),
  z.strictObject({ type: z.literal('measured'), milliseconds: z.array(count) }),
  z.strictObject({ type: z.literal('ended'), peakBytes: count }),
  z.strictObject({ type: z.literal('failed'), message: z.string() }),
]);
