import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RequestError } from '../../src/errors.ts';
import { packageOf } from '../../src/tensor/native/buildKernels.ts';
import { addonFolder } from '../../src/tensor/native/compile.ts';
import { nativeHome } from '../../src/tensor/native/home.ts';
import { installNative } from '../../src/tensor/native/install.ts';
import { kernelsBuilt } from '../../src/tensor/native/kernelAddon.ts';
import { checkMachine, makeRoom, tools } from '../../src/tensor/native/machine.ts';
import { runProgram } from '../../src/tensor/native/runProgram.ts';
import { smokeTest } from '../../src/tensor/native/smoke.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

const linux = { os: 'linux', arch: 'x64', glibc: '2.36' };
const realPath = process.env.PATH;
let home: string;
let lines: string[];
const say = (line: string) => void lines.push(line);

beforeEach(() => {
  home = temporaryFolder();
  mkdirSync(path.join(home, '.native'));
  writeFileSync(path.join(home, '.native', 'before'), '');
  lines = [];
});
afterEach(() => {
  process.env.PATH = realPath;
});

/** Puts stand-ins of the programs a build calls first in PATH: each does nothing, but for those given. */
function standIns(scripts: Record<string, string>): void {
  const folder = temporaryFolder();
  for (const name of ['npm', 'tar', 'g++', 'python3']) {
    writeFileSync(path.join(folder, name), `#!/bin/sh\n[ "$1" = --version ] && exit\n${scripts[name] ?? 'exit 0'}\n`);
    chmodSync(path.join(folder, name), 0o755);
  }
  process.env.PATH = `${folder}${path.delimiter}${realPath}`;
}

/** Only what was there before: no folder half built. */
const expectUnchanged = () => {
  expect(readdirSync(home)).toEqual(['.native']);
  expect(readdirSync(path.join(home, '.native'))).toEqual(['before']);
};

describe.runIf(process.platform === 'linux')('a build that fails', () => {
  test('says which program failed and how, and leaves what was there', async () => {
    standIns({ npm: 'echo "no such host" >&2; exit 7' });
    await expect(installNative({ home, say, force: true })).rejects.toThrow(/npm failed \(exit 7\):\nno such host/);
    expect(lines[0]).toMatch(/^\[1\/6\] TensorFlow.js 4\.22\.0 .*npm/);
    expectUnchanged();
  });

  test('refuses a tarball with another content', async () => {
    standIns({ npm: 'echo tampered > pack.tgz; echo pack.tgz' });
    await expect(installNative({ home, say, force: true })).rejects.toThrow(/not what was expected.*Nothing was built/);
    expectUnchanged();
  });

  test('ends its programs when it is stopped, and leaves what was there', async () => {
    standIns({ npm: 'sleep 60 & wait' });
    const controller = new AbortController();
    const began = performance.now();
    setTimeout(() => controller.abort(new Error('stopped')), 300);
    const stopped = installNative({ home, say, force: true, signal: controller.signal });
    await expect(stopped).rejects.toThrow('stopped');
    expect(performance.now() - began).toBeLessThan(10_000);
    expectUnchanged();
  });

  test('says so when what is there does not work and is built anew', async () => {
    standIns({ npm: 'exit 1' });
    await expect(installNative({ home, say })).rejects.toThrow(/npm failed/);
    expect(lines[0]).toMatch(/does not work and is built anew/);
    expectUnchanged();
  });
});

describe('the machine', () => {
  test.each([
    [{ ...linux, os: 'darwin' }, 'darwin x64'],
    [{ ...linux, arch: 'arm64' }, 'linux arm64'],
    [{ os: 'linux', arch: 'x64' }, 'without glibc'],
  ])('%o is refused, and wasm proposed', async (platform, named) => {
    await expect(checkMachine(platform, [])).rejects.toThrow(RequestError);
    await expect(checkMachine(platform, [])).rejects.toThrow(new RegExp(`this is .*${named}.*"wasm"`));
  });

  test('all that is missing is listed at once, with how to get it', async () => {
    process.env.PATH = temporaryFolder();
    const check = checkMachine(linux);
    await expect(check).rejects.toThrow(RequestError);
    await expect(check).rejects.toThrow(/install first: npm, tar, g\+\+, python3, pip/);
    await expect(check).rejects.toThrow(/apt-get install npm tar g\+\+ python3 python3-pip$/);
  });

  test('what is there is not called missing', async () => {
    standIns({ python3: 'exit 1' });
    await expect(checkMachine(linux)).rejects.toThrow(/install first: pip \(for python3\)\.\n.*install python3-pip$/);
    standIns({});
    await expect(checkMachine(linux, tools)).resolves.toBeUndefined();
  });

  test('too little room is said before anything is fetched, and the folder goes again', () => {
    const folder = path.join(home, 'build');
    expect(() => makeRoom(folder, 1e18)).toThrow(/needs 1000000000.0 GB of free space/);
    expect(existsSync(folder)).toBe(false);
  });

  test('a folder that cannot be made is a clear error', () => {
    expect(() => makeRoom(path.join(home, 'missing', 'build'), 1)).toThrow(/cannot be built: ENOENT/);
  });
});

describe('programs', () => {
  test('one that is not there is named', async () => {
    await expect(runProgram('no-such-program', [])).rejects.toThrow(/no-such-program cannot be run/);
  });

  test('one that a signal ended is said to be', async () => {
    await expect(runProgram('sh', ['-c', 'kill -ILL $$'])).rejects.toThrow(/sh failed \(SIGILL\)/);
  });
});

describe('the engine of this checkout', () => {
  const isBuilt = existsSync(path.join(nativeHome()!, '.native'));

  test('is left alone when it works; where there is none, the smoke test says so', async () => {
    if (!isBuilt) {
      await expect(smokeTest({ folder: path.join(home, '.native'), home: nativeHome()! })).rejects.toThrow(
        /Cannot find module/,
      );
      return;
    }
    // Else it would be mended here, with downloads.
    expect(kernelsBuilt(addonFolder(packageOf(path.join(nativeHome()!, '.native'))))).toBe(true);
    const { tensorflow } = await installNative({ say });
    expect(tensorflow).toMatch(/^2\./);
    expect(lines).toEqual([expect.stringMatching(/is installed and works: TensorFlow 2\.\d+\.\d+ on the [CG]PU/)]);
  });
});
