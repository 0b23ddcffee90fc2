/**
 * Runs the missing groups of an experiment in worker processes, which take them from one queue. Records are written here alone. A
 * worker that dies is replaced, and its group tried once more; after that its runs count as failed and the others go on.
 */
import os from 'node:os';
import { RequestError } from '../errors.ts';
import type { EngineDescription } from '../tensor/engine.ts';
import { environmentOf } from './environment.ts';
import { type Group, groupsOf } from './groups.ts';
import { deleteState } from './groupState.ts';
import type { GroupOutcome, WorkerStart } from './messages.ts';
import { isMissing, type Prepared, stateFileOf } from './prepare.ts';
import { failedRecords } from './records.ts';
import { startWorker, type WorkerProcess } from './workerProcess.ts';

export interface WorkerOptions {
  readonly start: Omit<WorkerStart, 'threads'>;
  /** How many processes at most; by default one per core, one in all on a GPU. */
  readonly workers: number | null;
  /** Aborted to stop: groups in hand are saved. */
  readonly signal: AbortSignal;
  readonly onStart: (engine: EngineDescription, groups: readonly Group[]) => void;
  /** The share of a group that is done, from 0 to 1; first, how much was done before. */
  readonly onProgress: (group: Group, share: number) => void;
  /** After the group's records were written. */
  readonly onDone: (group: Group) => void;
  readonly say: (line: string) => void;
}

/** How many processes, and the threads of each. */
export interface Crew {
  readonly workers: number;
  readonly threads: number;
}

/** A function of the machine and of all groups, done or not: the number of threads can change the rounding. */
export function crewOf(asked: number | null, groups: number, gpu: boolean, cores: number): Crew {
  const workers = Math.max(1, Math.min(asked ?? (gpu ? 1 : cores), groups));
  return { workers, threads: Math.max(1, Math.floor(cores / workers)) };
}

/** Ends when all groups are done or the signal was aborted. Throws what the work as a whole cannot go on after. */
export async function runInWorkers(prepared: Prepared, options: WorkerOptions): Promise<void> {
  const { signal, say } = options;
  const cores = os.availableParallelism();
  // All of them have the same to say about the data.
  const said = new Set<string>();
  const sayOnce = (line: string): void => void (said.has(line) || (said.add(line), say(line)));
  const start = (threads: number): Promise<WorkerProcess> => startWorker({ ...options.start, threads }, sayOnce);
  // Which engine there is, and with it which groups, is known when the first worker has started it.
  const guess = crewOf(options.workers, prepared.runs.length, false, cores);
  let first = await start(guess.threads);
  const asked = groupsOf(prepared.runs, first.engine.laneCap);
  const { workers, threads } = crewOf(options.workers, asked.length, first.engine.gpu, cores);
  if (threads !== guess.threads) {
    first.end();
    first = await start(threads);
  }
  const { engine } = first;
  const queue: Job[] = asked.filter((group) => isMissing(prepared, group)).map((group) => ({ group, tries: 0 }));
  options.onStart(
    engine,
    queue.map(({ group }) => group),
  );

  const broken = new AbortController();
  const stop = AbortSignal.any([signal, broken.signal]);
  /** One place in the crew, until the queue is empty or all is stopped. */
  const serve = async (given: WorkerProcess | null): Promise<void> => {
    let worker = given;
    const stopWorker = (): void => worker?.stop();
    stop.addEventListener('abort', stopWorker);
    try {
      for (let job = queue.shift(); job && !stop.aborted; job = queue.shift()) {
        worker ??= await start(threads);
        if (stop.aborted) return;
        const { group } = job;
        const stateFile = stateFileOf(prepared.store.folder, group);
        const outcome = await worker.run(group, stateFile, (share) => options.onProgress(group, share));
        const lost = outcome.type === 'died' || outcome.type === 'stopped';
        if (lost && stop.aborted) return;
        if (lost) worker = null;
        if (lost && job.tries === 0) {
          say(`${group.variant}: ${reasonOf(outcome)}; its group is tried once more`);
          queue.unshift({ group, tries: 1 });
          continue;
        }
        finish(prepared, engine, group, stateFile, outcome);
        options.onDone(group);
      }
    } catch (error) {
      broken.abort();
      throw error;
    } finally {
      stop.removeEventListener('abort', stopWorker);
      worker?.end();
    }
  };
  const places = Math.max(1, Math.min(workers, queue.length));
  const ended = await Promise.allSettled(Array.from({ length: places }, (_, i) => serve(i === 0 ? first : null)));
  const wrong = ended.find((place) => place.status === 'rejected');
  if (wrong) throw wrong.reason as Error;
}

interface Job {
  readonly group: Group;
  readonly tries: number;
}

/** Writes what came of a group. */
function finish(
  { store }: Prepared,
  engine: EngineDescription,
  group: Group,
  stateFile: string,
  outcome: GroupOutcome,
): void {
  if (outcome.type === 'refused') throw new RequestError(`${group.variant}: ${outcome.message}`);
  if (outcome.type === 'broken') throw new Error(`${group.variant}: ${outcome.message}`);
  const records =
    outcome.type === 'done' ? outcome.records : failedRecords(group, environmentOf(engine), reasonOf(outcome));
  for (const record of records) store.write(record);
  deleteState(stateFile);
}

const reasonOf = (outcome: GroupOutcome): string =>
  'message' in outcome ? outcome.message : 'a worker process was stopped';
