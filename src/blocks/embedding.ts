/** Token embedding:   y = E[ids] (· a constant).   The gradient of E adds dy's rows up by id. */
import type { Tensor2D } from '@tensorflow/tfjs';
import type { FrozenTable } from '../tensor/frozen.ts';
import type { Ids } from '../tensor/siteInput.ts';
import { type Block, block } from './block.ts';

/** A table of rows by id, adapted or not. */
export type TableMap = Block<Ids, Tensor2D>;

export function frozenTableMap(table: FrozenTable): TableMap {
  return block({
    trains: false,
    forward: (ids: Ids) => ({ y: table.rows(ids), saved: null }),
    backward: () => null,
  });
}
