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
import { type Group, groupsOf } from './groups.ts';
import type { Lanes } from './lanes.ts';
import type { Extension } from './growingRuns.ts';
import { deleteState } from './groupState.ts';
import { jobQueue } from './jobQueue.ts';
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
  /** A grid of learning rates has grown: there are more groups to do. */
  readonly onExtend: (extension: Extension, groups: readonly Group[]) => void;
  readonly say: (line: string) => void;
}

/** Ends when all groups are done or the signal was aborted. Throws what the work as a whole cannot go on after. */
export async function runInWorkers(prepared: Prepared, options: WorkerOptions): Promise<void> {
  const { say } = options;
  // All of them have the same to say about the data.
  const said = new Set<string>();
  const sayOnce = (line: string): void => void (said.has(line) || (said.add(line), say(line)));
  const start: StartOne = (threads) => startWorker({ ...options.start, threads }, sayOnce);
  const { team, queue, lanes, chosen } = await gather(prepared, options, start);
  const { engine } = team.processes[0]!;
  options.onStart(engine, chosen, queue);
  const { workers } = chosen.crew;
  await serveAll(queue, { prepared, options, engine, team, workers, lanes, start });
}

interface Job {
  readonly group: Group;
  readonly tries: number;
}

const untried = (group: Group): Job => ({ group, tries: 0 });

interface Service {
  readonly prepared: Prepared;
  readonly options: WorkerOptions;
  readonly engine: EngineDescription;
  readonly team: Team;
  /** Places in the crew, as many as there are processes in the team or more: those that are missing start when there is work for them. */
  readonly workers: number;
  readonly lanes: Lanes;
  readonly start: StartOne;
}

/** Each place in the crew takes from the queue until all is done or stopped. A variant's grid may grow with each group that is done. */
async function serveAll(
  first: readonly Group[],
  { prepared, options, engine, team, workers, lanes, start }: Service,
): Promise<void> {
  const { signal, say } = options;
  const broken = new AbortController();
  const stop = AbortSignal.any([signal, broken.signal]);
  const queue = jobQueue(first.map(untried));
  stop.addEventListener('abort', queue.close);
  if (stop.aborted) queue.close();
  const serve = async (given: WorkerProcess | null): Promise<void> => {
    let worker = given;
    const stopWorker = (): void => worker?.stop();
    stop.addEventListener('abort', stopWorker);
    try {
      for (let job = await queue.take(); job; job = await queue.take()) {
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
          queue.putBack({ group, tries: 1 });
          continue;
        }
        finish(prepared, engine, group, stateFile, outcome);
        options.onDone(group);
        const extension = prepared.extend(group.variant);
        const more = extension ? groupsOf(extension.runs, lanes) : [];
        if (extension) options.onExtend(extension, more);
        queue.add(more.map(untried));
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
  const places = Array.from({ length: Math.max(workers, team.processes.length) }, (_, i) => team.processes[i] ?? null);
  const ended = await Promise.allSettled(places.map(serve));
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
