import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type NpmPin, requirements, type WheelSet } from './pins.ts';
import { type ProgramOptions, runProgram } from './runProgram.ts';

/** Fetches a package's tarball through npm into a folder, checks its hash, and unpacks it to `to`. */
export async function unpackNpm(pin: NpmPin, folder: string, to: string, options: ProgramOptions): Promise<void> {
  const spec = `${pin.name}@${pin.version}`;
  const printed = await runProgram('npm', ['pack', '--silent', spec], { ...options, cwd: folder });
  const tarball = path.join(folder, printed.trim().split('\n').at(-1)!);
  checkIntegrity(spec, readFileSync(tarball), pin.integrity);
  mkdirSync(to, { recursive: true });
  await runProgram('tar', ['xzf', tarball, '-C', to, '--strip-components=1'], options);
}

/** Throws when the bytes are not the pinned ones. */
export function checkIntegrity(what: string, bytes: Uint8Array, integrity: string): void {
  const found = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  if (found === integrity) return;
  throw new Error(`${what} is not what was expected: its hash is ${found}, pinned is ${integrity}. Nothing was built.`);
}

/** Fetches the wheels through pip, which checks their hashes. Gives their files, in the order of their names. */
export async function fetchWheels(set: WheelSet, folder: string, options: ProgramOptions): Promise<string[]> {
  const list = path.join(folder, 'requirements.txt');
  writeFileSync(list, requirements(set.wheels));
  // The wheels of one Python serve: only their C libraries are used.
  const target = ['--python-version', '3.11', '--implementation', 'cp'];
  const platforms = ['manylinux_2_17_x86_64', 'manylinux2014_x86_64'].flatMap((name) => ['--platform', name]);
  await runProgram(
    'python3',
    ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:']
      .concat(target, platforms)
      .concat('--require-hashes', '--requirement', list, '--dest', folder),
    options,
  );
  return wheelFiles(folder);
}

const wheelFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.whl'))
    .toSorted()
    .map((name) => path.join(folder, name));

/** Bytes of all wheels in a folder and below, finished or not: pip's temporary folder lies there too. */
export function wheelBytes(folder: string): number {
  return wheelFiles(folder).reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}

const unzip = `
import os, sys, zipfile
file, to, *prefixes = sys.argv[1:]
with zipfile.ZipFile(file) as wheel:
    for entry in wheel.infolist():
        if entry.filename.startswith(tuple(prefixes)) and not entry.is_dir():
            made = wheel.extract(entry, to)
            os.chmod(made, (entry.external_attr >> 16) & 0o777 or 0o644)
`;

/** Unpacks the entries of a wheel that begin with one of the prefixes. */
export async function unpackWheel(
  file: string,
  to: string,
  prefixes: string[],
  options: ProgramOptions,
): Promise<void> {
  await runProgram('python3', ['-c', unzip, file, to, ...prefixes], options);
}
