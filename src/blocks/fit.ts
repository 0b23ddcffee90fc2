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
  linear(place: MapPlace, kernel: Frozen, bias: Vector | null): LinearMap;
  /** Token embedding [vocabulary, width], learned positions [length, width], or token types. */
  table(name: string, table: FrozenTable): TableMap;
  vector(name: string, values: Float32Array): Vector;
  /** Output layer of a language model. */
  head(place: HeadPlace, kernel: Frozen, rowsOf: FrozenTable, bias: Vector | null): Head;
}

/** A linear map, or a convolution as one of patches. */
export interface MapPlace {
  readonly name: string;
  readonly kind: 'linear' | 'conv2d';
  /** The last map of a network. */
  readonly isHead: boolean;
  /** Names for ranges of the outputs of a fused projection. */
  readonly parts?: FusedParts;
  /** Heads, where the parts of each lie together, (heads, parts, width); absent where each part's outputs do. */
  readonly byHead?: number;
}

export interface HeadPlace {
  readonly name: string;
  /** The table that it shares its numbers with. */
  readonly tiedTo: string | null;
}

/** Ranges [from, to) of the outputs, laid part after part, by name, in order and without gaps. */
export type FusedParts = { readonly [part: string]: readonly [number, number] };
