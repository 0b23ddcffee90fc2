import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RequestError } from '../../src/errors.ts';
import { lockFolder } from '../../src/results/lock.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'lock-'));
  file = path.join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the lock of a results folder', () => {
  it('is held by one at a time', () => {
    const release = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(RequestError);
    expect(() => lockFolder(folder)).toThrow(`process ${process.pid} is at work in ${folder}`);
    release();
    expect(existsSync(file)).toBe(false);
    lockFolder(folder)();
  });

  it('is taken over from a process that is gone', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(file, `${pid} ${os.hostname()}`);
    const release = lockFolder(folder);
    expect(readFileSync(file, 'utf8')).toBe(`${process.pid} ${os.hostname()}`);
    release();
  });

  it('is left to a process of another machine, and to one that is just writing it', () => {
    writeFileSync(file, '1 elsewhere');
    expect(() => lockFolder(folder)).toThrow('process 1 on elsewhere is at work');
    writeFileSync(file, '');
    expect(() => lockFolder(folder)).toThrow('another process is at work');
    expect(existsSync(file)).toBe(true);
  });

  it('is not given free by one that no longer has it', () => {
    const release = lockFolder(folder);
    writeFileSync(file, `${process.ppid} ${os.hostname()}`);
    release();
    expect(existsSync(file)).toBe(true);
  });
});
