/**
 * How a family's places become blocks: frozen as they are, or adapted. A family asks this for every linear map, table and vector by
 * the name that the checkpoint gives it, and never learns what was done there.
 */
import type { Frozen, FrozenTable } from '../tensor/frozen.ts';
import type { TableMap } from './embedding.ts';
import type { Head } from './head.ts';
import type { LinearMap } from './linearMap.ts';
import type { Vector } from './vector.ts';

export interface SiteFitter {
  /** `parts`: names for ranges of the outputs of a fused projection. */
  linear(name: string, kernel: Frozen, bias: Vector | null, parts?: FusedParts): LinearMap;
  /** Token embedding [vocabulary, width], or learned positions [length, width]. */
  table(name: string, table: FrozenTable): TableMap;
  vector(name: string, values: Float32Array): Vector;
  /** Output layer; `tiedTo` names the table that it shares its numbers with. */
  head(name: string, kernel: Frozen, rowsOf: FrozenTable, tiedTo: string | null): Head;
}

/** Ranges [from, to) of the outputs, by name, in order and without gaps. */
export type FusedParts = { readonly [part: string]: readonly [number, number] };
