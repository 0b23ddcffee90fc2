/**
 * What a network is made of, asked for place by place while it is put together, in the order in which the places are used. Whoever
 * answers decides what comes of it: a list of the places (sites.ts), or blocks with the weights in them (weights.ts).
 */
import type { TableMap } from '../blocks/embedding.ts';
import type { FusedParts } from '../blocks/fit.ts';
import type { Head } from '../blocks/head.ts';
import type { LinearMap } from '../blocks/linearMap.ts';
import type { Vector } from '../blocks/vector.ts';
import type { KernelOrder } from './architecture.ts';

export interface Places {
  /** [in, out] */
  linear(name: string, shape: Shape, options: LinearOptions): LinearMap;
  /** As a map of patches; always with a bias. */
  conv2d(name: string, channels: Shape, kernel: Shape): LinearMap;
  /** [rows, width] */
  table(name: string, shape: Shape): TableMap;
  /** A gain or a bias, by the name of its tensor. */
  vector(tensor: string, size: number): Vector;
  /** Output layer of a language model, [width, vocabulary]. */
  head(name: string, shape: Shape, options: HeadOptions): Head;
}

export type Shape = readonly [number, number];

export interface LinearOptions {
  readonly bias: boolean;
  /** 'outIn' unless given. */
  readonly order?: KernelOrder;
  /** Of a fused projection. */
  readonly parts?: FusedParts;
  /** Heads, where the parts of each lie together. */
  readonly byHead?: number;
  /** The last map of the network. */
  readonly isHead?: boolean;
}

export interface HeadOptions {
  /** The table that it shares its numbers with. */
  readonly tiedTo: string | null;
  /** The tensor of its bias. */
  readonly bias: string | null;
  /** The tensor of its kernel, where that is not the name with .weight. */
  readonly tensor?: string;
}
