import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { checkIntegrity } from '../../src/tensor/native/download.ts';
import { npmPins, requirements, wheelPins } from '../../src/tensor/native/pins.ts';

const npm = [npmPins.addon, npmPins.headers, ...npmPins.runtime];
const wheels = [...wheelPins.cpu.wheels, ...wheelPins.gpu.wheels];

describe('pins', () => {
  test.each(npm)('$name has an exact version and a whole sha512', ({ version, integrity }) => {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(Buffer.from(integrity.replace(/^sha512-/, ''), 'base64')).toHaveLength(64);
  });

  test.each(wheels)('$name has an exact version and a whole sha256', ({ version, sha256 }) => {
    expect(version).toMatch(/^\d+(\.\d+)+$/);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('no two wheels share a hash', () => {
    expect(new Set(wheels.map(({ sha256 }) => sha256)).size).toBe(wheels.length);
  });

  test("npm's lock file agrees", () => {
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { version: string; integrity: string } | undefined>;
    };
    for (const { name, version, integrity } of [npmPins.addon, ...npmPins.runtime])
      expect(packages[`node_modules/${name}`]).toMatchObject({ version, integrity });
  });

  test("the addon's version is that of TensorFlow.js", () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(npmPins.addon.version).toBe(dependencies['@tensorflow/tfjs']);
  });

  test('every line for pip has a hash', () => {
    const lines = requirements(wheelPins.gpu.wheels).trimEnd().split('\n');
    expect(lines).toHaveLength(wheelPins.gpu.wheels.length);
    for (const line of lines) expect(line).toMatch(/^[a-z0-9-]+==[\d.]+ --hash=sha256:[0-9a-f]{64}$/);
  });
});

test('bytes that are not the pinned ones are refused, with both hashes', () => {
  const bytes = Buffer.from('as published');
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  expect(() => checkIntegrity('a@1.0.0', bytes, integrity)).not.toThrow();
  expect(() => checkIntegrity('a@1.0.0', Buffer.from('tampered with'), integrity)).toThrow(
    new RegExp(`a@1.0.0 is not what was expected.*pinned is ${integrity.replace(/[+/]/g, '\\$&')}`),
  );
});
