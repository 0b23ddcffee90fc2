import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { RequestError } from '../../src/errors.ts';
import { buildKernels, packageOf } from '../../src/tensor/native/buildKernels.ts';
import { addonFolder, nodeHeaders } from '../../src/tensor/native/compile.ts';
import { nativeHome } from '../../src/tensor/native/home.ts';
import { askedKernels, kernelFile, kernelsBuilt, loadKernels } from '../../src/tensor/native/kernelAddon.ts';
import { kernelSources, kernelVersion } from '../../src/tensor/native/kernelSources.ts';
import { featuresOf, levelsOf } from '../../src/tensor/native/processorLevel.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

const third = 'fpu sse4_2 avx avx2 bmi1 bmi2 f16c fma abm movbe xsave';
const fourth = `${third} avx512f avx512bw avx512cd avx512dq avx512vl`;
const cpuinfo = (flags: string): string =>
  `processor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: ${flags}\nvmx flags\t: avx512f\nbugs\t\t:\n\nprocessor\t: 1\nflags\t\t: none\n`;

describe('what a processor can run', () => {
  test.each([
    [fourth, ['x86-64-v4', 'x86-64-v3']],
    [third, ['x86-64-v3']],
    [fourth.replace(' avx512vl', ''), ['x86-64-v3']],
    [fourth.replace(' fma', ''), []],
    ['fpu sse2 avx', []],
  ])('%s', (flags, levels) => {
    expect(levelsOf(featuresOf(cpuinfo(flags)))).toEqual(levels);
  });

  test('nothing is known of another kind of processor', () => {
    expect(levelsOf(featuresOf('processor\t: 0\nFeatures\t: fp asimd\n'))).toEqual([]);
    expect(levelsOf(featuresOf(''))).toEqual([]);
  });
});

describe('ADAPTERLAB_KERNELS', () => {
  test('asks for a level, for none, or for nothing', () => {
    expect(askedKernels(['x86-64-v3'], 'x86-64-v3')).toBe('x86-64-v3');
    expect(askedKernels([], 'off')).toBe('off');
    expect([askedKernels([], ''), askedKernels([], undefined)]).toEqual([undefined, undefined]);
  });

  test.each([
    ['x86-64-v4', /which this processor does not have. It may be x86-64-v3 or off here/],
    ['on', /is "on". It may be x86-64-v4, x86-64-v3 or off/],
  ])('%s is refused', (asked, message) => {
    expect(() => askedKernels(['x86-64-v3'], asked)).toThrow(RequestError);
    expect(() => askedKernels(['x86-64-v3'], asked)).toThrow(message);
  });
});

describe('built kernels', () => {
  test('have what they were built from in their names', () => {
    expect(kernelVersion()).toMatch(/^[0-9a-f]{16}$/);
    expect(path.basename(kernelFile('x', 'x86-64-v3'))).toBe(`kernels-x86-64-v3-${kernelVersion()}.node`);
    expect(kernelSources().map((file) => path.basename(file))).toContain('attention.cc');
  });

  test('are not found where none were built, or those of other sources', () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'kernels-x86-64-v3-0123456789abcdef.node'), '');
    expect(kernelsBuilt(folder)).toBe(false);
    expect(loadKernels(folder, 1).level).toBeNull();
  });

  const home = nativeHome()!;
  const own = packageOf(path.join(home, '.native'));
  test.runIf(existsSync(nodeHeaders(own)))(
    'of this checkout are those of its sources ("npm run native" builds them)',
    () => {
      expect(kernelsBuilt(addonFolder(own))).toBe(true);
    },
  );

  test('that fail are left out, with what was wrong', async () => {
    const folder = temporaryFolder();
    const addons = addonFolder(packageOf(folder));
    mkdirSync(addons, { recursive: true });
    for (const name of ['kernels-x86-64-v3-0123456789abcdef.node', 'tfjs_binding.node'])
      writeFileSync(path.join(addons, name), '');
    const said: string[] = [];
    // There are no headers here.
    expect(await buildKernels({ folder, home }, false, (line) => void said.push(line), {})).toBeNull();
    expect(said.join('\n')).toMatch(
      /kernels are left out, the engine works without, slower: g\+\+ (failed|cannot be run)/,
    );
    expect(readdirSync(addons)).toEqual(['tfjs_binding.node']);
  });
});
