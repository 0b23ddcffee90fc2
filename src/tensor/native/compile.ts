import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from './home.ts';
import { kernelFile, processorLevels } from './kernelAddon.ts';
import { type ProgramOptions, runProgram } from './runProgram.ts';

/** Parts of TensorFlow's wheel that the addon is compiled and linked with. */
export const tensorflowParts: readonly string[] = [
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
  ...[
    ...['tensorflow/c', 'tensorflow/core/platform', 'tensorflow/core/common_runtime/next_pluggable_device/c'],
    ...['tsl/platform', 'tsl/c', 'xla/tsl'],
  ].map((name) => `tensorflow/include/${name}/`),
];

/** Where a package with a compiled addon holds it: node-pre-gyp's place for Node-API 8. */
export const addonFolder = (packageFolder: string): string => path.join(packageFolder, 'lib', 'napi-v8');

/**
 * Compiles the addon of the package in `folder` against TensorFlow's C interface, which the wheel's two libraries hold; our kernels, once
 * for each level of processors, so that the folder serves another machine too; and the addon that silences TensorFlow. The libraries lie
 * in `deps/tensorflow` as they would in site-packages, with `deps/nvidia` beside them: TensorFlow's own search path then finds CUDA.
 */
export async function compileAddons(folder: string, nodeHeaders: string, options: ProgramOptions): Promise<void> {
  const libraries = path.join(folder, 'deps', 'tensorflow');
  const output = addonFolder(folder);
  mkdirSync(output, { recursive: true });
  const compile = (name: string, ...given: string[]) =>
    runProgram(
      'g++',
      [...flags, '-I', path.join(nodeHeaders, 'include'), '-o', path.join(output, name), ...given],
      options,
    );

  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => path.join(folder, 'binding', name));
  const headers = ['-I', path.join(libraries, 'include')];
  const linked = ['-L', libraries, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'];
  const found = '-Wl,-rpath,$ORIGIN/../../deps/tensorflow';
  await compile('tfjs_binding.node', '-O2', ...headers, ...sources, ...linked, found);
  await Promise.all(
    processorLevels.map(({ name }) =>
      compile(kernelFile(name), ...kernelFlags, `-march=${name}`, ...headers, ...kernelSources(), ...linked, found),
    ),
  );
  await compile('quiet.node', '-O2', path.join(own, 'quiet.cc'), '-ldl');
}

/** Where our own sources lie, built or not. */
const own = path.join(packageRoot, 'src', 'tensor', 'native');

function kernelSources(): string[] {
  const folder = path.join(own, 'kernels');
  const sources = readdirSync(folder).filter((name) => name.endsWith('.cc'));
  return sources.toSorted().map((name) => path.join(folder, name));
}

/** No errno, no traps: neither is looked at, and both keep loops from being vectors. */
const kernelFlags = ['-O3', '-fno-math-errno', '-fno-trapping-math', '-pthread'];

const flags = '-shared -fPIC -std=c++17 -w -DNAPI_VERSION=8 -DNODE_GYP_MODULE_NAME=tfjs_binding'.split(' ');
