import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds adapterlab's own package.json (`src/tensor/native` and `dist/tensor/native` are equally deep). */
export const packageRoot: string = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[\\/]$/, '');

/**
 * The folder in which `.native` lies: the nearest one, from the package upwards, whose node_modules holds TensorFlow.js. What lies
 * in its `.native` then finds the very copy of TensorFlow.js that adapterlab uses, as Node looks for packages upwards:
 *
 * - a checkout: the checkout;
 * - installed into a project: the project, or the package's own folder when npm had to nest TensorFlow.js there;
 * - installed globally: the package's own folder.
 */
export function nativeHome(from: string = packageRoot): string | undefined {
  for (let folder = from; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'node_modules', '@tensorflow', 'tfjs', 'package.json'))) return folder;
    if (folder === path.dirname(folder)) return undefined;
  }
}
