import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { kernelFile } from './kernelAddon.ts';
import { kernelFlags, kernelSources, ownSources, smallAddons } from './kernelSources.ts';
import { processorLevels } from './processorLevel.ts';
import { type ProgramOptions, runProgram } from './runProgram.ts';

const headerFolders = [
  'tensorflow/c',
  'tensorflow/core/platform',
  'tensorflow/core/common_runtime/next_pluggable_device/c',
  'tsl/platform',
  'tsl/c',
  'xla/tsl',
];

/** Parts of TensorFlow's wheel that addons are compiled and linked with. */
export const tensorflowParts: readonly string[] = [
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
  ...headerFolders.map((name) => `tensorflow/include/${name}/`),
];

/** Where a package with a compiled addon holds it: node-pre-gyp's place for Node-API 8. */
export const addonFolder = (packageFolder: string): string => path.join(packageFolder, 'lib', 'napi-v8');

/** Where Node's C headers lie in the engine's package. They stay, 4 MB with TensorFlow's, so that kernels can be compiled anew. */
export const nodeHeaders = (folder: string): string => path.join(folder, 'deps', 'node');

/**
 * Compiles the addon of the package in `folder` against TensorFlow's C interface, which the wheel's two libraries hold, and the addons
 * that silence it and shield it from signals. The libraries lie in `deps/tensorflow` as they would in site-packages, with `deps/nvidia`
 * beside them: TensorFlow's own search path then finds CUDA.
 */
export async function compileAddons(folder: string, options: ProgramOptions): Promise<void> {
  const output = addonFolder(folder);
  mkdirSync(output, { recursive: true });
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => path.join(folder, 'binding', name));
  await compile(folder, path.join(output, 'tfjs_binding.node'), ['-O2', ...sources, ...linked(folder)], options);
  for (const name of smallAddons) await compileSmall(folder, output, name, options);
}

async function compileSmall(folder: string, output: string, name: string, options: ProgramOptions): Promise<void> {
  const given = ['-O2', path.join(ownSources, `${name}.cc`), '-ldl'];
  await compile(folder, path.join(output, `${name}.node`), given, options);
}

/**
 * Compiles our kernels, once for each level of processors, so that the folder serves another machine too, and the small addons again,
 * whose sources may have changed with theirs. Kernels are put in place when all of them are done; those of other sources are removed.
 */
export async function compileKernels(folder: string, options: ProgramOptions = {}): Promise<void> {
  const output = addonFolder(folder);
  const scratch = mkdtempSync(path.join(output, 'building-'));
  try {
    const made = processorLevels.map((level) => ({ level, file: kernelFile(scratch, level) }));
    const given = (level: string) => [...kernelFlags, `-march=${level}`, ...kernelSources(), ...linked(folder)];
    await Promise.all(made.map(({ level, file }) => compile(folder, file, given(level), options)));
    for (const name of smallAddons) {
      await compileSmall(folder, scratch, name, options);
      renameSync(path.join(scratch, `${name}.node`), path.join(output, `${name}.node`));
    }
    removeKernels(folder);
    for (const { level, file } of made) renameSync(file, kernelFile(output, level));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Removes all kernels: the engine then works without. A process that runs them keeps them. */
export function removeKernels(folder: string): void {
  const output = addonFolder(folder);
  for (const name of readdirSync(output)) if (/^kernels-.*\.node$/.test(name)) rmSync(path.join(output, name));
}

function compile(folder: string, output: string, given: readonly string[], options: ProgramOptions): Promise<string> {
  const headers = [path.join(nodeHeaders(folder), 'include'), path.join(libraries(folder), 'include')];
  const included = headers.flatMap((header) => ['-I', header]);
  return runProgram('g++', [...flags, ...included, '-o', output, ...given], options);
}

const libraries = (folder: string): string => path.join(folder, 'deps', 'tensorflow');

const linked = (folder: string): string[] => [
  '-L',
  libraries(folder),
  '-l:libtensorflow_cc.so.2',
  '-l:libtensorflow_framework.so.2',
  '-Wl,-rpath,$ORIGIN/../../deps/tensorflow',
];

const flags = '-shared -fPIC -std=c++17 -w -DNAPI_VERSION=8 -DNODE_GYP_MODULE_NAME=tfjs_binding'.split(' ');
