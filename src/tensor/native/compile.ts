import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type ProgramOptions, runProgram } from './runProgram.ts';

/** Parts of TensorFlow's wheel that the addon is compiled and linked with. */
export const tensorflowParts: readonly string[] = [
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
  ...['tensorflow/c', 'tensorflow/core/platform', 'tsl/platform', 'tsl/c', 'xla/tsl'].map(
    (name) => `tensorflow/include/${name}/`,
  ),
];

/**
 * Compiles the addon of the package in `folder` against TensorFlow's C interface, which the wheel's two libraries hold. They lie in
 * `deps/tensorflow` as they would in site-packages, with `deps/nvidia` beside them: TensorFlow's own search path then finds CUDA.
 */
export async function compileAddon(folder: string, nodeHeaders: string, options: ProgramOptions): Promise<void> {
  const libraries = path.join(folder, 'deps', 'tensorflow');
  const output = path.join(folder, 'lib', 'napi-v8');
  mkdirSync(output, { recursive: true });
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => path.join(folder, 'binding', name));
  const flags = '-shared -fPIC -O2 -std=c++17 -w'.split(' ');
  const defines = '-DNAPI_VERSION=8 -DNODE_GYP_MODULE_NAME=tfjs_binding -DBUILDING_NODE_EXTENSION'.split(' ');
  const headers = ['-I', path.join(nodeHeaders, 'include'), '-I', path.join(libraries, 'include')];
  const linked = ['-L', libraries, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'];
  const found = '-Wl,-rpath,$ORIGIN/../../deps/tensorflow';
  const addon = path.join(output, 'tfjs_binding.node');
  await runProgram('g++', [...flags, ...defines, ...headers, ...sources, ...linked, found, '-o', addon], options);
}
