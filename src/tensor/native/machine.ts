import { mkdirSync, rmSync, statfsSync } from 'node:fs';
import { RequestError } from '../../errors.ts';
import { runProgram } from './runProgram.ts';

/** A program that the build needs, and how to see that it is there. */
interface Tool {
  name: string;
  probe: [string, ...string[]];
  /** The package of Debian and Ubuntu that brings it. */
  debian: string;
}

export const tools: readonly Tool[] = [
  { name: 'npm', probe: ['npm', '--version'], debian: 'npm' },
  { name: 'tar', probe: ['tar', '--version'], debian: 'tar' },
  { name: 'g++', probe: ['g++', '--version'], debian: 'g++' },
  { name: 'python3', probe: ['python3', '--version'], debian: 'python3' },
  { name: 'pip (for python3)', probe: ['python3', '-m', 'pip', '--version'], debian: 'python3-pip' },
];

/** Where the build runs. The C library is part of it: TensorFlow's wheels are linked against glibc. */
export interface Platform {
  os: string;
  arch: string;
  /** Undefined with another C library, as on Alpine. */
  glibc?: string;
}

export function thisPlatform(): Platform {
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined;
  return { os: process.platform, arch: process.arch, glibc: report?.header?.glibcVersionRuntime };
}

/** Throws one RequestError that lists all that is missing for a build and how to get it. */
export async function checkMachine(
  platform: Platform = thisPlatform(),
  needed: readonly Tool[] = tools,
): Promise<void> {
  const { os, arch, glibc } = platform;
  if (os !== 'linux' || arch !== 'x64' || !glibc)
    throw new RequestError(
      `The native engine can be built on Linux x64 with glibc; this is ${os} ${arch}${os === 'linux' && !glibc ? ' without glibc' : ''}. ` +
        'Use the engine "wasm" here.',
    );
  const found = await Promise.all(needed.map(async ({ probe: [program, ...rest] }) => isThere(program, rest)));
  const missing = needed.filter((_, i) => !found[i]);
  if (missing.length > 0)
    throw new RequestError(
      `To build the native engine, install first: ${missing.map(({ name }) => name).join(', ')}.\n` +
        `On Debian and Ubuntu: apt-get install ${missing.map(({ debian }) => debian).join(' ')}`,
    );
}

const isThere = (program: string, given: string[]): Promise<boolean> =>
  runProgram(program, given).then(
    () => true,
    () => false,
  );

/** Makes the folder to build in. Throws a RequestError when it cannot be written or the disk has too little room. */
export function makeRoom(folder: string, neededBytes: number): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    throw new RequestError(
      `The native engine cannot be built: ${(error as Error).message}. ` +
        'Run as a user who may write there, or install adapterlab into a project of your own.',
      { cause: error },
    );
  }
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= neededBytes) return;
  rmSync(folder, { recursive: true });
  throw new RequestError(
    `The native engine needs ${gigabytes(neededBytes)} of free space to be built in ${folder}; ` +
      `${gigabytes(bavail * bsize)} are free.`,
  );
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
