/** Sum of tensors of one shape; of several in one pass where our own kernels are. */
import tf, { type Tensor } from '@tensorflow/tfjs';
import { hasKernels, kernel, type Kernel } from './kernels.ts';

const byTerms = new Map<number, Kernel>();

/** The terms are at least one; the sum is a tensor of its own. */
export function sumOf<T extends Tensor>(terms: readonly T[]): T {
  if (terms.length === 1) return tf.clone(terms[0]!);
  if (!hasKernels()) return terms.slice(1).reduce((sum, term) => tf.add(sum, term), terms[0]!);
  let add = byTerms.get(terms.length);
  if (!add) byTerms.set(terms.length, (add = kernel('Sum', 1, { integers: { N: terms.length } })));
  return add(...terms)[0] as T;
}
