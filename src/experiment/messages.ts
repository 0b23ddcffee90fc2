/** What a worker process and its parent tell each other. Plain JSON. */
import type { RunRecord } from '../results/record.ts';
import type { EngineDescription } from '../tensor/engine.ts';
import type { Group } from './groups.ts';
import type { Lanes } from './lanes.ts';

/** What a worker needs to know before the first group. */
export interface WorkerStart {
  readonly file: string;
  readonly quick: boolean;
  readonly seeds: number | null;
  /** As asked for; undefined: the best available. */
  readonly engine?: string;
  readonly threads: number;
  /** What ADAPTERLAB_KERNELS is to be; undefined: as it is. */
  readonly kernels?: string;
}

/** A group, the file of its state and the folder of its experiment; null where nothing is to be written. */
export interface GroupToRun {
  readonly group: Group;
  readonly stateFile: string | null;
  readonly folder: string | null;
}

export type ToWorker =
  | { readonly type: 'start'; readonly start: WorkerStart }
  | ({ readonly type: 'run' } & GroupToRun)
  /** Do a few steps of the group, and forget them. */
  | { readonly type: 'measure'; readonly group: Group }
  /** Save the group in hand. */
  | { readonly type: 'stop' };

/** How a group ended. 'refused': the request was wrong; 'broken': the work cannot go on, whatever the group (a full disk). */
export type GroupOutcome =
  | { readonly type: 'done'; readonly records: RunRecord[] }
  | { readonly type: 'stopped' }
  | { readonly type: 'refused'; readonly message: string }
  | { readonly type: 'broken'; readonly message: string }
  | { readonly type: 'died'; readonly message: string };

export type FromWorker =
  /** `lanes`: how many runs of each variant should go through a step together. */
  | { readonly type: 'ready'; readonly engine: EngineDescription; readonly lanes: Lanes }
  /** Null where the group cannot do any step. */
  | { readonly type: 'measured'; readonly stepsPerSecond: number | null }
  /** The share of the group in hand that is done, from 0 to 1. */
  | { readonly type: 'progress'; readonly share: number }
  | { readonly type: 'say'; readonly line: string }
  | GroupOutcome;
