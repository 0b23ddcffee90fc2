/** The folder that a verb writes: all of it or nothing, and nothing of somebody's that is there already. */
import { existsSync, mkdtempSync, readdirSync, realpathSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../atomicFile.ts';
import { RequestError } from '../errors.ts';
import { signals } from './stoppable.ts';

/**
 * Throws a RequestError for a folder that cannot be written: one that holds something, unless it may be written over; one of
 * `sources`, which are never written to; a file; a place below a file.
 */
export function checkOut(
  out: string,
  overwrite: boolean,
  sources: readonly (string | undefined)[],
  option = '--out',
): void {
  const full = path.resolve(out);
  let above = full;
  while (!existsSync(above)) above = path.dirname(above);
  if (!statSync(above).isDirectory())
    throw new RequestError(`${option} ${out}: ${above === full ? 'a file' : `${above} is a file`}; name a folder`);
  checkWritable(above, `${option} ${out}`);
  if (above !== full) return;
  const source = sources.find(
    (folder) => folder !== undefined && existsSync(folder) && realpathSync(folder) === realpathSync(full),
  );
  if (source !== undefined)
    throw new RequestError(`${option} ${out}: it holds what is read from (${source}); name another folder`);
  if (!overwrite && readdirSync(full).length > 0)
    throw new RequestError(
      `${option} ${out}: there is something in it already; name another folder, or give --overwrite to write over files of the same names`,
    );
}

/** Tried before the work, so that nothing is lost after it. */
function checkWritable(folder: string, what: string): void {
  try {
    rmdirSync(mkdtempSync(path.join(folder, '.adapterlab-')));
  } catch (error) {
    throw new RequestError(
      `${what}: nothing can be written in ${folder} (${(error as Error).message}); name another folder`,
    );
  }
}

/**
 * What `write` gives, of a folder of its own that takes its place when all is in it. Other files that were there stay. A signal to
 * stop that comes meanwhile is passed over: it is done before anybody could clean up.
 */
export function writeFolder<T>(out: string, write: (folder: string) => T): T {
  const full = path.resolve(out);
  const part = `${full}.${process.pid}.part`;
  const passOver = (): void => {};
  for (const signal of signals) process.on(signal, passOver);
  try {
    makeFolder(part);
    const written = write(part);
    if (existsSync(full) && readdirSync(full).length > 0) {
      for (const name of readdirSync(part)) renameSync(path.join(part, name), path.join(full, name));
      return written;
    }
    if (existsSync(full)) rmdirSync(full);
    renameSync(part, full);
    return written;
  } finally {
    rmSync(part, { recursive: true, force: true });
    for (const signal of signals) process.off(signal, passOver);
  }
}
