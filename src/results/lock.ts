/**
 * One process at a time works in a results folder. The lock is a file that names the process; one whose process is gone (killed, a
 * power cut) is taken over.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { RequestError } from '../errors.ts';

/** Gives the folder free again. */
export type Release = () => void;

/** Makes the folder if it is missing. A RequestError where another process works in it. */
export function lockFolder(folder: string): Release {
  const file = path.join(folder, 'lock');
  makeFolder(folder);
  const mine = `${process.pid} ${os.hostname()}`;
  if (!created(file, mine)) {
    const holder = textOf(file);
    if (isAtWork(holder, file)) throw taken(folder, file, holder);
    if (!removed(file, holder) || !created(file, mine)) throw taken(folder, file, textOf(file));
  }
  return () => {
    if (textOf(file) === mine) rmSync(file, { force: true });
  };
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST' && code !== 'ENOTDIR') throw error;
    throw new RequestError(`${folder} is a file, or lies in one; name a folder for the results (--results)`);
  }
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

/** Now, where it is gone. */
function changedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
}

/** Empty where it is gone. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** How long a lock may take to be written. */
const writingMilliseconds = 5000;

/** On another machine, or while the lock is being written, nobody can tell: yes. One that names no process long after is broken. */
function isAtWork(holder: string, file: string): boolean {
  if (!/^\d+ \S+$/.test(holder)) return Date.now() - changedAt(file) < writingMilliseconds;
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
