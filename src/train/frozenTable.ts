import type { StoredMatrix } from '../adapters/files/stored.ts';
import { readOnce } from '../tensor/readOnce.ts';
import type { Base } from './base.ts';

/** The numbers of an embedding or of the head as the checkpoint stores them: [vocabulary, width]. */
export function frozenTable({ weights }: Base, site: string): StoredMatrix {
  const held = weights.table(site);
  return { shape: held.shape, data: readOnce(() => held.use((table) => table.clone())) };
}
