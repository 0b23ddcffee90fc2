import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { nativeHome, packageRoot } from '../../src/tensor/native/home.ts';
import { buildFolder, putInPlace, removeLeftovers } from '../../src/tensor/native/place.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

let root: string;
beforeEach(() => {
  root = temporaryFolder();
});

/** Makes a file with its folders, holding its own name; gives its path. */
function put(...parts: string[]): string {
  const file = path.join(root, ...parts);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, parts.join('/'));
  return file;
}
const putTfjs = (...folder: string[]) => put(...folder, 'node_modules', '@tensorflow', 'tfjs', 'package.json');

describe('where .native lies', () => {
  test("the package's root holds its package.json", () => {
    expect(JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')).name).toBe('adapterlab');
  });

  test('in a checkout: the checkout', () => {
    putTfjs('checkout');
    expect(nativeHome(path.join(root, 'checkout'))).toBe(path.join(root, 'checkout'));
  });

  test('installed into a project: the project', () => {
    putTfjs('project');
    put('project', 'node_modules', 'adapterlab', 'package.json');
    expect(nativeHome(path.join(root, 'project', 'node_modules', 'adapterlab'))).toBe(path.join(root, 'project'));
  });

  test('with TensorFlow.js nested, as where it is installed globally: the package itself', () => {
    putTfjs('project');
    putTfjs('project', 'node_modules', 'adapterlab');
    const own = path.join(root, 'project', 'node_modules', 'adapterlab');
    expect(nativeHome(own)).toBe(own);
  });

  test('nowhere, without TensorFlow.js', () => {
    expect(nativeHome(root)).toBeUndefined();
  });
});

describe('putting a build in place', () => {
  test('replaces what was there, and leaves nothing beside', () => {
    put('.native', 'old');
    put('.native.building-1', 'new');
    putInPlace(path.join(root, '.native.building-1'), path.join(root, '.native'));
    expect(existsSync(path.join(root, '.native', 'new'))).toBe(true);
    expect(existsSync(path.join(root, '.native', 'old'))).toBe(false);
    expect(existsSync(path.join(root, `.native.replaced-${process.pid}`))).toBe(false);
  });

  test('of a link replaces the link, never what it points to', () => {
    const precious = put('elsewhere', 'precious');
    symlinkSync(path.dirname(precious), path.join(root, '.native'));
    put('.native.building-1', 'new');
    putInPlace(path.join(root, '.native.building-1'), path.join(root, '.native'));
    expect(existsSync(precious)).toBe(true);
    expect(existsSync(path.join(root, '.native', 'new'))).toBe(true);
  });

  test('that cannot be done leaves what was there', () => {
    put('.native', 'old');
    expect(() => putInPlace(path.join(root, 'missing'), path.join(root, '.native'))).toThrow(/ENOENT/);
    expect(existsSync(path.join(root, '.native', 'old'))).toBe(true);
  });
});

test('leftovers of ended installers go; those of running ones and other files stay', () => {
  // No process has a number this high.
  put('.native.building-4999999', 'x');
  put('.native.replaced-4999999', 'x');
  const running = put(`.native.building-${process.ppid}`, 'x');
  const other = put('.native.building-notes', 'x');
  removeLeftovers(root);
  expect(existsSync(path.join(root, '.native.building-4999999'))).toBe(false);
  expect(existsSync(path.join(root, '.native.replaced-4999999'))).toBe(false);
  expect([existsSync(running), existsSync(other)]).toEqual([true, true]);
  expect(path.dirname(buildFolder(root))).toBe(root);
});
