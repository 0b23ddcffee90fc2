import { lstatSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

/** A folder to build in, beside the target: on the same disk, and under the same node_modules. */
export const buildFolder = (home: string): string => path.join(home, `.native.building-${process.pid}`);

/** Puts a finished folder in the target's place. What was there goes; were it a link, then only the link. */
export function putInPlace(finished: string, target: string): void {
  const old = `${target}.replaced-${process.pid}`;
  const hadOne = lstatSync(target, { throwIfNoEntry: false }) !== undefined;
  if (hadOne) renameSync(target, old);
  try {
    renameSync(finished, target);
  } catch (error) {
    if (hadOne) renameSync(old, target);
    throw error;
  }
  rmSync(old, { recursive: true, force: true });
}

/** Removes what a killed installer left, unless it still runs. */
export function removeLeftovers(home: string): void {
  for (const name of readdirSync(home)) {
    const pid = /^\.native\.(?:building|replaced)-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(path.join(home, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
