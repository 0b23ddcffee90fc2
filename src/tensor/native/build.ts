import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildKernels, type Installed } from './buildKernels.ts';
import { compileAddons, nodeHeaders, tensorflowParts } from './compile.ts';
import { fetchWheels, unpackNpm, unpackWheel, wheelBytes } from './download.ts';
import { type NativeKind, npmPins, tensorflowVersion, wheelPins } from './pins.ts';
import type { ProgramOptions } from './runProgram.ts';
import { smokeTest } from './smoke.ts';

/** Where a build tells a person how it goes. */
export interface Reporter {
  /** A line. */
  say: (line: string) => void;
  /** How far a download is, several times a second. */
  progress?: (text: string) => void;
}

/** What was built, kept in `.native/native.json`. */
export interface Manifest {
  kind: NativeKind;
  tensorflow: string;
  tfjs: string;
}

/** The manifest of what lies in a folder; undefined where there is none that can be read. */
export function readManifest(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(path.join(folder, 'native.json'), 'utf8')) as Manifest;
  } catch {
    return undefined;
  }
}

/**
 * Builds the native engine in an empty folder of `home` and tries it: package sources, TensorFlow's libraries, the addon between
 * them, our kernels. Throws an Error that says what failed; kernels that fail are left out.
 */
export async function build(
  folder: string,
  home: string,
  kind: NativeKind,
  { say, progress }: Reporter,
  signal?: AbortSignal,
): Promise<Installed> {
  const { addon, headers, runtime } = npmPins;
  const wheelSet = wheelPins[kind];
  const modules = path.join(folder, 'node_modules');
  const addonFolder = path.join(modules, addon.name);
  const scratch = path.join(folder, 'scratch');
  const downloads = path.join(scratch, 'downloads');
  mkdirSync(downloads, { recursive: true });
  // Temporary files stay on the disk that was found large enough, and go with the folder.
  const program: ProgramOptions = { signal, env: { TMPDIR: scratch } };
  // A project into which adapterlab was installed does not ignore .native by itself.
  writeFileSync(path.join(folder, '.gitignore'), '*\n');
  const step = counted(say, 6);

  await step(`TensorFlow.js ${addon.version} and Node's headers, from npm (1 MB)`, async () => {
    await unpackNpm(addon, downloads, addonFolder, program);
    await unpackNpm(headers, downloads, nodeHeaders(addonFolder), program);
    for (const pin of runtime) await unpackNpm(pin, downloads, path.join(modules, pin.name), program);
    writeAddonFinder(modules);
  });
  const size = megabytes(wheelSet.downloadBytes);
  const cuda = kind === 'gpu' ? ' and CUDA 12' : '';
  const wheels = await step(`TensorFlow ${tensorflowVersion}${cuda}, as Python wheels (${size})`, async () => {
    const tell = () => progress?.(`${megabytes(Math.min(wheelBytes(scratch), wheelSet.downloadBytes))} of ${size}`);
    const timer = setInterval(tell, 300);
    return fetchWheels(wheelSet, downloads, program).finally(() => clearInterval(timer));
  });
  await step('unpacking their libraries', async () => {
    const parts = [...tensorflowParts, 'nvidia/'];
    for (const wheel of wheels) await unpackWheel(wheel, path.join(addonFolder, 'deps'), parts, program);
  });
  await step('compiling the addon between them', () => compileAddons(addonFolder, program));
  const manifest: Manifest = { kind, tensorflow: tensorflowVersion, tfjs: addon.version };
  writeFileSync(path.join(folder, 'native.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const result = await step('trying a product and a gradient', () => smokeTest({ folder, home }, { signal }));
  const kernels = await step('compiling and trying our own kernels', () =>
    buildKernels({ folder, home }, result.gpu, say, program),
  );
  rmSync(scratch, { recursive: true });
  return { ...result, kernels };
}

/** Says which step begins, out of how many, and how long it took. */
function counted(say: (line: string) => void, steps: number) {
  let count = 0;
  return async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    say(`[${++count}/${steps}] ${what}`);
    const result = await work();
    say(`      ${((performance.now() - began) / 1000).toFixed(1)} s`);
    return result;
  };
}

/** The package asks @mapbox/node-pre-gyp for one thing only: where its addon lies. */
function writeAddonFinder(modules: string): void {
  const folder = path.join(modules, '@mapbox', 'node-pre-gyp');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path.join(folder, 'index.js'),
    "const path = require('node:path');\n" +
      "exports.find = (manifest) => path.join(path.dirname(manifest), 'lib', 'napi-v8', 'tfjs_binding.node');\n",
  );
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
