/** The program as a process of its own, for tests of signals. */
import { type ChildProcess, spawn, type SpawnOptionsWithoutStdio } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface StartedProgram {
  readonly process: ChildProcess;
  /** Resolves when it has said so, on standard error. */
  says(text: string): Promise<void>;
  readonly ended: Promise<{ status: number | null; signal: string | null; out: string; said: string }>;
}

export function startProgram(words: readonly string[], options: SpawnOptionsWithoutStdio = {}): StartedProgram {
  const args = ['--import', 'tsx', path.resolve('test/cli/program.ts'), ...words];
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { out: '', said: '' };
  child.stdout.on('data', (data) => (text.out += String(data)));
  child.stderr.on('data', (data) => (text.said += String(data)));
  const ended = new Promise<Awaited<StartedProgram['ended']>>((resolve) => {
    child.on('close', (status, signal) => resolve({ status, signal, ...text }));
  });
  const says = async (wanted: string): Promise<void> => {
    while (!text.said.includes(wanted)) {
      if (child.exitCode !== null) throw new Error(`it ended without "${wanted}", but said ${text.said}`);
      await sleep(10);
    }
  };
  return { process: child, says, ended };
}
