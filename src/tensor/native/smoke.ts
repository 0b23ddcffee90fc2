import path from 'node:path';
import { type ProgramOptions, runProgram } from './runProgram.ts';

/** What a native engine that works says of itself. */
export interface SmokeResult {
  tensorflow: string;
  gpu: boolean;
}

/** What is tried: the engine that was built in `folder`, with the copy of TensorFlow.js that `home` has. */
export interface Built {
  readonly folder: string;
  readonly home: string;
}

// Plain JavaScript, as it runs in a process of its own: a library that does not fit the processor ends its process.
const script = `
process.on('uncaughtException', (error) => { console.error(error.message.split('\\n')[0]); process.exit(1); });
const { createRequire } = require('node:module');
const [built, home] = process.argv.slice(1, 3).map((folder) => createRequire(folder + '/package.json'));
const kernels = process.argv[3];
const entry = built.resolve('@tensorflow/tfjs-node-gpu');
if (createRequire(entry).resolve('@tensorflow/tfjs') !== home.resolve('@tensorflow/tfjs'))
  throw new Error('it would load a second copy of TensorFlow.js');
require(entry);
const tf = home('@tensorflow/tfjs');
const equal = (what, tensor, expected) => {
  if (String(tensor.dataSync()) !== expected) throw new Error(what + ' is wrong: ' + tensor.dataSync());
};
if (tf.getBackend() !== 'tensorflow') throw new Error('the engine in use is ' + tf.getBackend());
const square = (w) => tf.matMul(w, w);
const w = tf.tensor2d([[1, 2], [3, 4]]);
equal('a product', square(w), '7,10,15,22');
equal('a gradient', tf.grad((x) => tf.sum(square(x)))(w), '7,11,9,13');
if (kernels) {
  built(kernels).start(1);
  const int = tf.backend().binding.TF_ATTR_INT;
  const attributes = [{ name: 'turn_b', type: int, value: 0 }];
  equal("a kernel's product", tf.backend().executeMultipleOutputs('AdapterlabMatrixProduct', attributes, [w, w], 1)[0], '7,10,15,22');
}
console.log(JSON.stringify({ tensorflow: tf.backend().binding.TF_Version, gpu: tf.backend().isUsingGpuDevice }));
`;

/**
 * Tries the engine in a process of its own: it loads the right copy of TensorFlow.js, and gets a product and a gradient right. With the
 * file of our kernels, it gets a product by them right too. Throws with what went wrong.
 */
export async function smokeTest(
  { folder, home }: Built,
  options: ProgramOptions = {},
  kernels?: string,
): Promise<SmokeResult> {
  const printed = await runProgram(process.execPath, ['-e', script, folder, home, ...(kernels ? [kernels] : [])], {
    ...options,
    cwd: path.resolve(home),
    env: { ...options.env, TF_CPP_MIN_LOG_LEVEL: '3' },
  });
  return JSON.parse(printed.trim().split('\n').at(-1)!) as SmokeResult;
}
