import { spawn } from 'node:child_process';

export interface ProgramOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Ends the program, and what it started. */
  signal?: AbortSignal;
}

/**
 * Runs a program to its end and gives what it wrote to stdout. Throws an Error with the last lines it wrote when it fails, is not
 * found, or was ended; always after it is gone, so that its folder can be removed.
 */
export async function runProgram(program: string, given: string[], options: ProgramOptions = {}): Promise<string> {
  const { cwd, env, signal } = options;
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    // A process group of its own: compilers and package managers start further programs.
    const child = spawn(program, given, {
      cwd,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const all: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => (out.push(chunk), all.push(chunk)));
    child.stderr.on('data', (chunk: Buffer) => all.push(chunk));
    const end = () => endGroup(child.pid);
    signal?.addEventListener('abort', end);
    child.on('error', (error) => reject(new Error(`${program} cannot be run: ${error.message}`)));
    child.on('close', (status, endedBy) => {
      signal?.removeEventListener('abort', end);
      if (signal?.aborted) reject(signal.reason as Error);
      else if (status === 0) resolve(Buffer.concat(out).toString());
      else reject(new Error(`${program} failed (${endedBy ?? `exit ${status}`}):\n${lastLines(Buffer.concat(all))}`));
    });
  });
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGTERM');
  } catch {
    // It ended in the same moment.
  }
}

const lastLines = (output: Buffer): string => output.toString().trimEnd().split('\n').slice(-15).join('\n');
