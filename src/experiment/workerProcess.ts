/** A worker process as its parent sees it: one promise for each group. */
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { RequestError } from '../errors.ts';
import type { EngineDescription } from '../tensor/engine.ts';
import type { Group } from './groups.ts';
import type { Lanes } from './lanes.ts';
import type { FromWorker, GroupOutcome, GroupToRun, ToWorker, WorkerStart } from './messages.ts';

export interface WorkerProcess {
  readonly engine: EngineDescription;
  /** How many runs of each variant should go through a step together. */
  readonly lanes: Lanes;
  /** False once the process has ended. */
  readonly alive: boolean;
  /** Steps of single runs in a second, on its first ones; null where the group cannot do any, 0 where the process died. */
  measure(group: Group): Promise<number | null>;
  /** Does one group. Never rejects: a worker that dies gives 'died', and must be replaced. */
  run(work: GroupToRun, onProgress: (share: number) => void): Promise<GroupOutcome>;
  /** Asks for the group in hand to be saved; its promise then gives 'stopped'. */
  stop(): void;
  /** Ends the process, which must have nothing in hand. */
  end(): void;
}

// The same file beside this one, built or not.
const entry = fileURLToPath(new URL(`./worker${path.extname(import.meta.url)}`, import.meta.url));

/** Starts a process and its engine. A RequestError where the request was wrong; an Error where the process died. */
export async function startWorker(start: WorkerStart, say: (line: string) => void): Promise<WorkerProcess> {
  // In a process group of its own: Ctrl-C on a terminal is for the parent, which decides.
  const { kernels } = start;
  const env = kernels === undefined ? process.env : { ...process.env, ADAPTERLAB_KERNELS: kernels };
  const child = fork(entry, [], { serialization: 'json', detached: true, env });
  const tell = (message: ToWorker): void => void (child.connected && child.send(message, () => {})); // its end is heard
  let onProgress = (_share: number): void => {};
  const answer = (): Promise<FromWorker> => nextAnswer(child, (share) => onProgress(share), say);

  const first = answer();
  tell({ type: 'start', start });
  const ready = await first;
  if (ready.type !== 'ready') {
    child.kill('SIGKILL');
    const message = 'message' in ready ? ready.message : 'a worker process stopped before it was ready';
    throw ready.type === 'refused' ? new RequestError(message) : new Error(message);
  }
  return {
    engine: ready.engine,
    lanes: ready.lanes,
    get alive() {
      return child.exitCode === null && child.signalCode === null;
    },
    async measure(group) {
      const outcome = answer();
      tell({ type: 'measure', group });
      const measured = await outcome;
      if (measured.type === 'died') return 0;
      return measured.type === 'measured' ? measured.stepsPerSecond : null;
    },
    async run(work, hears) {
      onProgress = hears;
      const outcome = answer();
      tell({ type: 'run', ...work });
      return (await outcome) as GroupOutcome;
    },
    stop: () => tell({ type: 'stop' }),
    end: () => void (child.connected && child.disconnect()),
  };
}

/** The next message that is not about progress, or how the process ended. */
function nextAnswer(
  child: ChildProcess,
  onProgress: (share: number) => void,
  say: (line: string) => void,
): Promise<FromWorker> {
  return new Promise((resolve) => {
    const settle = (answer: FromWorker): void => {
      child.off('message', hear).off('exit', ended).off('error', failed);
      resolve(answer);
    };
    const hear = (message: FromWorker): void => {
      if (message.type === 'progress') onProgress(message.share);
      else if (message.type === 'say') say(message.line);
      else settle(message);
    };
    const ended = (code: number | null, signal: string | null): void =>
      settle({ type: 'died', message: `a worker process ended (${signal ?? `exit status ${code}`})` });
    const failed = (error: Error): void =>
      settle({ type: 'died', message: `a worker process failed: ${error.message}` });
    if (child.exitCode !== null || child.signalCode !== null) return ended(child.exitCode, child.signalCode);
    child.on('message', hear).on('exit', ended).on('error', failed);
  });
}
