/** A worker process as its parent sees it: one promise for each request. Ours and the peer's are alike. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Job } from './job.ts';
import { peerScript } from './peerScript.ts';
import { type Ended, type FromWorker, fromWorker, type Measured, type Ready, type ToWorker } from './protocol.ts';

export interface Command {
  readonly program: string;
  readonly words: readonly string[];
}

export interface Side {
  readonly ready: Ready;
  /** Milliseconds of each repetition. */
  measure(repeats: number): Promise<readonly number[]>;
  /** Most resident memory that the process ever had, in bytes; it is gone then. */
  end(): Promise<number>;
  /** Whatever it is at. */
  kill(): void;
}

// The same file beside this one, built or not.
const entry = fileURLToPath(new URL(`./worker${path.extname(import.meta.url)}`, import.meta.url));

export const ourWorker: Command = { program: process.execPath, words: [...process.execArgv, entry] };

/** -B: nothing is written beside the script, which may lie in an installed package. */
export const peerWorker = (python: string): Command => ({ program: python, words: ['-B', peerScript] });

/** Starts a process and sets its work up. Throws an Error that says what it died of. The signal kills it. */
export async function startSide(command: Command, job: Job, signal?: AbortSignal): Promise<Side> {
  signal?.throwIfAborted();
  // In a process group of its own: Ctrl-C on a terminal is for the parent, and what the worker starts ends with it.
  const child = spawn(command.program, command.words, { detached: true, env: environmentFor(job) });
  const ask = conversation(child);
  const kill = (): void => killGroup(child);
  signal?.addEventListener('abort', kill, { once: true });
  const done = (): void => signal?.removeEventListener('abort', kill);
  try {
    const ready = (await ask({ type: 'job', job })) as Ready;
    return {
      ready,
      measure: async (repeats) => ((await ask({ type: 'measure', repeats })) as Measured).milliseconds,
      async end() {
        const { peakBytes } = (await ask({ type: 'end' })) as Ended;
        done();
        child.stdin.end();
        return peakBytes;
      },
      kill() {
        done();
        kill();
      },
    };
  } catch (error) {
    done();
    kill();
    throw error;
  }
}

/** Libraries read it before any code of ours can say it. */
const environmentFor = ({ threads }: Job): NodeJS.ProcessEnv => ({
  ...process.env,
  OMP_NUM_THREADS: String(threads),
  TOKENIZERS_PARALLELISM: 'false',
});

function killGroup(child: ChildProcessWithoutNullStreams): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/** Lines that a process said last: why it died is usually there. */
const linesKept = 5;

/** Asks one thing at a time. Rejects with what went wrong there, or with how the process ended. */
function conversation(child: ChildProcessWithoutNullStreams): (request: ToWorker) => Promise<FromWorker> {
  const said: string[] = [];
  let settle: ((answer: FromWorker) => void) | null = null;
  let died: string | null = null;
  const answered = (answer: FromWorker): void => {
    settle?.(answer);
    settle = null;
  };
  const lost = (how: string): void => {
    died ??= [how, ...said].join('\n');
    answered({ type: 'failed', message: died });
  };
  createInterface({ input: child.stdout }).on('line', (line) => answered(parsed(line)));
  createInterface({ input: child.stderr }).on('line', (line) => {
    said.push(line);
    if (said.length > linesKept) said.shift();
  });
  child.stdin.on('error', () => {}); // its end is heard
  child.on('error', (error) => lost(`a worker process failed: ${error.message}`));
  child.on('close', (code, signal) => lost(`a worker process ended (${signal ?? `exit status ${code}`})`));

  return async (request) => {
    if (died !== null) throw new Error(died);
    const answer = await new Promise<FromWorker>((resolve) => {
      settle = resolve;
      child.stdin.write(`${JSON.stringify(request)}\n`);
    });
    if (answer.type === 'failed') throw new Error(answer.message);
    return answer;
  };
}

function parsed(line: string): FromWorker {
  try {
    return fromWorker.parse(JSON.parse(line));
  } catch {
    return { type: 'failed', message: `a worker process said what is no answer: ${line.slice(0, 200)}` };
  }
}
