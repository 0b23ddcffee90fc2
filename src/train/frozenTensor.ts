import tf from '@tensorflow/tfjs';
import type { StoredMatrix } from '../adapters/files/stored.ts';
import { readOnce } from '../tensor/readOnce.ts';
import type { Base } from './base.ts';

/** The numbers of a base at a site in the form in which its checkpoint has them; of a kernel held in codes, what those stand for. */
export function frozenTensor({ weights, sites }: Base, name: string): StoredMatrix {
  const site = sites.find((of) => of.name === name);
  if (!site) throw new Error(`the base has no ${name}`);
  const { kind, held, stored: shape, order } = site;
  if (kind === 'vector') return { shape, data: weights.vector(name) };
  const asTable = kind === 'embedding' || held === 'rows';
  if (asTable) return { shape, data: readOnce(() => weights.table(name).use((table) => tf.clone(table))) };
  const asStored = (kernel: tf.Tensor2D): tf.Tensor2D => (order === 'outIn' ? tf.transpose(kernel) : tf.clone(kernel));
  return { shape, data: readOnce(() => weights.kernel(name).use(asStored)) };
}
