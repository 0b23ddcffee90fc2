import tf from '@tensorflow/tfjs';
import { readOnce } from '../tensor/readOnce.ts';
import type { Base } from './base.ts';

/** W of a map [in, out], row-major, as the base holds it; of a kernel held in codes, what those stand for. */
export const kernelNumbers = ({ weights }: Base, site: string): Float32Array =>
  readOnce(() => weights.kernel(site).use((kernel) => tf.clone(kernel)));
