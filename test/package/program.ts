import { spawn } from 'node:child_process';

export interface Ended {
  /** Exit status, or the signal that ended it. */
  readonly status: number | NodeJS.Signals;
  readonly stdout: string;
  /** Without npm's own warnings. */
  readonly stderr: string;
  /** Both, as printed. */
  readonly output: string;
}

export interface ProgramOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Sends the group of processes a Ctrl-C, once, when standard error holds this. */
  readonly interruptAt?: RegExp;
}

/** Runs a program to its end. Like a shell it gives the program a process group of its own, so that its children hear Ctrl-C too. */
export function program(command: string, args: readonly string[], options: ProgramOptions): Promise<Ended> {
  const { cwd, env = process.env, interruptAt } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let stdout = '';
    let stderr = '';
    let interrupted = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      if (interrupted || !interruptAt?.test(stderr)) return;
      interrupted = true;
      process.kill(-child.pid!, 'SIGINT');
    });
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ status: signal ?? code!, stdout, stderr: withoutNpm(stderr), output: stdout + stderr }),
    );
  });
}

/** Without what npm has to say about the settings of the machine. */
const withoutNpm = (text: string): string => text.replace(/^npm (warn|notice)\b.*\n/gm, '');
