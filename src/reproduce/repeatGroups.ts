/** Does groups of runs again, each as it was recorded: its lanes, its threads, its engine where that can be. Nothing is written. */
import os from 'node:os';
import { RequestError } from '../errors.ts';
import { environmentOf } from '../experiment/environment.ts';
import type { Group } from '../experiment/groups.ts';
import { jobQueue } from '../experiment/jobQueue.ts';
import { failedRecords } from '../experiment/records.ts';
import type { WorkerProcess } from '../experiment/workerProcess.ts';
import type { RunRecord } from '../results/record.ts';
import type { Environment } from '../results/record/environment.ts';
import { roundingDiffers } from './rounding.ts';
import { twinOf } from './sensitivity.ts';
import { startAs, type StartAsOptions } from './startAs.ts';

export interface RecordedGroup {
  readonly group: Group;
  /** Of its records. */
  readonly environment: Environment;
}

export interface RepeatOptions extends StartAsOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (group: Group, share: number) => void;
  /** Hears a group's records, and where the rounding is another than theirs, those of their twins (sensitivity.ts). */
  readonly onDone: (group: Group, records: readonly RunRecord[], twins: readonly RunRecord[] | null) => void;
}

/** Ends when all are done or the signal was aborted. Throws what the work as a whole cannot go on after. */
export async function repeatGroups(groups: readonly RecordedGroup[], options: RepeatOptions): Promise<void> {
  const alike = new Map<string, RecordedGroup[]>();
  for (const one of groups) {
    const { engine, cpu, threads, kernels = null, versions } = one.environment;
    const key = JSON.stringify([engine, cpu, threads, kernels, versions.tfjs, versions.tensorflow]);
    alike.set(key, [...(alike.get(key) ?? []), one]);
  }
  for (const some of alike.values()) if (!options.signal.aborted) await repeatAlike(some, options);
}

/** Groups of one environment: as many processes as there are cores for. */
async function repeatAlike(groups: readonly RecordedGroup[], options: RepeatOptions): Promise<void> {
  const { environment } = groups[0]!;
  const first = await startAs(environment, options);
  const { engine } = first.worker;
  const hasTwins = roundingDiffers(environment, environmentOf(engine)).length > 0;
  const places = engine.gpu ? 1 : Math.max(1, Math.floor(os.availableParallelism() / engine.threads));
  const queue = jobQueue(groups.map(({ group }) => group));
  const broken = new AbortController();
  const stop = AbortSignal.any([options.signal, broken.signal]);
  stop.addEventListener('abort', queue.close);
  if (stop.aborted) queue.close();

  const serve = async (given: WorkerProcess | null): Promise<void> => {
    let worker = given;
    const stopWorker = (): void => worker?.stop();
    stop.addEventListener('abort', stopWorker);
    try {
      for (let group = await queue.take(); group; group = await queue.take()) {
        worker ??= await first.startAnother();
        if (stop.aborted) return;
        const now: Group = group;
        const passes = hasTwins ? 2 : 1;
        const progress = (pass: number) => (share: number) => options.onProgress(now, (pass + share) / passes);
        const records = await recordsOf(now, worker, progress(0));
        if (stop.aborted) return;
        if (!worker.alive) worker = await first.startAnother();
        const twins = hasTwins ? await recordsOf(twinOf(now), worker, progress(1)) : null;
        if (stop.aborted) return;
        if (!worker.alive) worker = null;
        options.onDone(now, records, twins);
        queue.done();
      }
    } catch (error) {
      broken.abort();
      throw error;
    } finally {
      stop.removeEventListener('abort', stopWorker);
      worker?.end();
    }
  };
  const taken = Array.from({ length: Math.min(places, groups.length) }, (_, i) => (i === 0 ? first.worker : null));
  const ended = await Promise.allSettled(taken.map(serve));
  const wrong = ended.find((place) => place.status === 'rejected');
  if (wrong) throw wrong.reason as Error;
}

/** A process that dies makes failed runs of its group, as in a run. */
async function recordsOf(
  group: Group,
  worker: WorkerProcess,
  onProgress: (share: number) => void,
): Promise<RunRecord[]> {
  const outcome = await worker.run({ group, stateFile: null, folder: null }, onProgress);
  if (outcome.type === 'refused') throw new RequestError(`${group.variant}: ${outcome.message}`);
  if (outcome.type === 'broken') throw new Error(`${group.variant}: ${outcome.message}`);
  if (outcome.type === 'done') return outcome.records;
  const reason = outcome.type === 'died' ? outcome.message : 'a worker process was stopped';
  return failedRecords(group, environmentOf(worker.engine), reason);
}
