/** Sum of tensors, which may broadcast; of several of one shape in one pass where our own kernels are. */
import tf, { type Tensor } from '@tensorflow/tfjs';
import { hasKernels, kernel, type Kernel } from './kernels.ts';

const byTerms = new Map<number, Kernel>();

/** The terms are at least one, and broadcast to the shape of the first; the sum is a tensor of its own. */
export function sumOf<T extends Tensor>(terms: readonly T[]): T {
  if (terms.length === 1) return tf.clone(terms[0]!);
  const alike = terms.every(({ size }) => size === terms[0]!.size);
  if (!alike || !hasKernels()) return terms.slice(1).reduce((sum, term) => tf.add(sum, term), terms[0]!);
  let add = byTerms.get(terms.length);
  if (!add) byTerms.set(terms.length, (add = kernel('Sum', 1, { integers: { N: terms.length } })));
  return add(...terms)[0] as T;
}
