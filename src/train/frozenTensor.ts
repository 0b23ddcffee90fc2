import type { StoredMatrix } from '../adapters/files/stored.ts';
import { readOnce } from '../tensor/readOnce.ts';
import { transposed } from '../tensor/transposed.ts';
import type { Base } from './base.ts';

/** The numbers of a base at a site in the form in which its checkpoint has them; of a kernel held in codes, what those stand for. */
export function frozenTensor({ weights, sites }: Base, name: string): StoredMatrix {
  const site = sites.find((of) => of.name === name);
  if (!site) throw new Error(`the base has no ${name}`);
  const { kind, shape, stored, order } = site;
  if (kind === 'vector') return { shape: stored, data: weights.vector(name) };
  if (kind === 'embedding') return { shape: stored, data: readOnce(() => weights.table(name).use((t) => t.clone())) };
  const kernel = readOnce(() => weights.kernel(name).use((matrix) => matrix.clone()));
  return { shape: stored, data: order === 'outIn' ? transposed(kernel, ...shape) : kernel };
}
