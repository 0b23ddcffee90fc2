import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from './home.ts';
import { type ProgramOptions, runProgram } from './runProgram.ts';

/** Parts of TensorFlow's wheel that the addon is compiled and linked with. */
export const tensorflowParts: readonly string[] = [
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
  ...['tensorflow/c', 'tensorflow/core/platform', 'tsl/platform', 'tsl/c', 'xla/tsl'].map(
    (name) => `tensorflow/include/${name}/`,
  ),
];

/** Where a package with a compiled addon holds it: node-pre-gyp's place for Node-API 8. */
export const addonFolder = (packageFolder: string): string => path.join(packageFolder, 'lib', 'napi-v8');

/**
 * Compiles the addon of the package in `folder` against TensorFlow's C interface, which the wheel's two libraries hold, and the one
 * that silences TensorFlow. The libraries lie in `deps/tensorflow` as they would in site-packages, with `deps/nvidia` beside them:
 * TensorFlow's own search path then finds CUDA.
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
  await compile('tfjs_binding.node', ...headers, ...sources, ...linked, '-Wl,-rpath,$ORIGIN/../../deps/tensorflow');
  await compile('quiet.node', path.join(packageRoot, 'src', 'tensor', 'native', 'quiet.cc'), '-ldl');
}

const flags = '-shared -fPIC -O2 -std=c++17 -w -DNAPI_VERSION=8 -DNODE_GYP_MODULE_NAME=tfjs_binding'.split(' ');
