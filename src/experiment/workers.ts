/**
 * Runs the missing groups of an experiment in worker processes, which take them from one queue. Records are written here alone. A
 * worker that dies is replaced, and its group tried once more; after that its runs count as failed and the others go on.
 */
import { RequestError } from '../errors.ts';
import type { EngineDescription } from '../tensor/engine.ts';
import type { Calibration } from './calibration.ts';
import type { AskedCrew } from './crew.ts';
import { environmentOf } from './environment.ts';
import { gather } from './gather.ts';
import type { Group } from './groups.ts';
import { deleteState } from './groupState.ts';
import type { GroupOutcome, WorkerStart } from './messages.ts';
import { type Prepared, stateFileOf } from './prepare.ts';
import { failedRecords } from './records.ts';
import type { StartOne, Team } from './team.ts';
import { startWorker, type WorkerProcess } from './workerProcess.ts';

export interface WorkerOptions {
  readonly start: Omit<WorkerStart, 'threads'>;
  /** By default one process per core, or what is measured to be faster; one process in all on a GPU. */
  readonly crew: AskedCrew;
  /** Aborted to stop: groups in hand are saved. */
  readonly signal: AbortSignal;
  readonly onStart: (engine: EngineDescription, chosen: Calibration, groups: readonly Group[]) => void;
  /** The share of a group that is done, from 0 to 1; first, how much was done before. */
  readonly onProgress: (group: Group, share: number) => void;
  /** After the group's records were written. */
  readonly onDone: (group: Group) => void;
  readonly say: (line: string) => void;
}

/** Ends when all groups are done or the signal was aborted. Throws what the work as a whole cannot go on after. */
export async function runInWorkers(prepared: Prepared, options: WorkerOptions): Promise<void> {
  const { say } = options;
  // All of them have the same to say about the data.
  const said = new Set<string>();
  const sayOnce = (line: string): void => void (said.has(line) || (said.add(line), say(line)));
  const start: StartOne = (threads) => startWorker({ ...options.start, threads }, sayOnce);
  const { team, queue, chosen } = await gather(prepared, options, start);
  const { engine } = team.processes[0]!;
  options.onStart(engine, chosen, queue);
  const jobs = queue.map((group): Job => ({ group, tries: 0 }));
  await serveAll(jobs, { prepared, options, engine, team, start });
}

interface Job {
  readonly group: Group;
  readonly tries: number;
}

interface Service {
  readonly prepared: Prepared;
  readonly options: WorkerOptions;
  readonly engine: EngineDescription;
  readonly team: Team;
  readonly start: StartOne;
}

/** Each process of the team takes from the queue until it is empty or all is stopped. */
async function serveAll(queue: Job[], { prepared, options, engine, team, start }: Service): Promise<void> {
  const { signal, say } = options;
  const broken = new AbortController();
  const stop = AbortSignal.any([signal, broken.signal]);
  /** One place in the crew, until the queue is empty or all is stopped. */
  const serve = async (given: WorkerProcess): Promise<void> => {
    let worker: WorkerProcess | null = given;
    const stopWorker = (): void => worker?.stop();
    stop.addEventListener('abort', stopWorker);
    try {
      for (let job = queue.shift(); job && !stop.aborted; job = queue.shift()) {
        worker ??= await start(team.threads);
        if (stop.aborted) return;
        const { group } = job;
        const { folder } = prepared.store;
        const stateFile = stateFileOf(folder, group);
        const outcome: GroupOutcome = await worker.run({ group, stateFile, folder }, (share) =>
          options.onProgress(group, share),
        );
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
  const ended = await Promise.allSettled(team.processes.map(serve));
  const wrong = ended.find((place) => place.status === 'rejected');
  if (wrong) throw wrong.reason as Error;
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
