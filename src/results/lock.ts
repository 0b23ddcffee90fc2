/**
 * One process at a time works in a results folder. The lock is a file that names the process; one whose process is gone (killed, a
 * power cut) is taken over.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { RequestError } from '../errors.ts';

/** Gives the folder free again. */
export type Release = () => void;

/** Makes the folder if it is missing. A RequestError where another process works in it. */
export function lockFolder(folder: string): Release {
  const file = path.join(folder, 'lock');
  mkdirSync(folder, { recursive: true });
  const mine = `${process.pid} ${os.hostname()}`;
  if (!created(file, mine)) {
    const holder = textOf(file);
    if (isAtWork(holder)) throw taken(folder, file, holder);
    if (!removed(file, holder) || !created(file, mine)) throw taken(folder, file, textOf(file));
  }
  return () => {
    if (textOf(file) === mine) rmSync(file, { force: true });
  };
}

/** False where it is there already. */
function created(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    rmSync(file, { force: true });
    throw error;
  }
}

/** Of two processes that find the lock of a dead one, a renaming gives it to one; a new lock taken by mistake is put back. */
function removed(file: string, holder: string): boolean {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return false;
  }
  const found = textOf(aside);
  rmSync(aside, { force: true });
  if (found !== holder) created(file, found);
  return found === holder;
}

/** Empty where it is gone. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** On another machine, or while it is being written, nobody can tell: yes. */
function isAtWork(holder: string): boolean {
  const [pid, host] = holder.split(' ');
  if (host !== os.hostname()) return true;
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function taken(folder: string, file: string, holder: string): RequestError {
  const [pid, host] = holder.split(' ');
  const who = host ? `process ${pid}${host === os.hostname() ? '' : ` on ${host}`}` : 'another process';
  return new RequestError(
    `${who} is at work in ${folder}; wait for it, or choose another folder (--results). If that process is something else, delete ${file}`,
  );
}
