/** A network put together from blocks: what it reads, what lies between, and its end. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Batch } from '../blocks/batch.ts';
import type { Block } from '../blocks/block.ts';
import type { Head } from '../blocks/head.ts';
import type { Architecture } from './architecture.ts';
import { convNet } from './convNet.ts';
import type { Places } from './places.ts';
import { transformer } from './transformer.ts';

export interface Network {
  /** Its input is no tensor and has no gradient. */
  readonly input: Block<Batch, Tensor>;
  readonly body: Block<Tensor, Tensor>;
  readonly head: Head;
}

/** How a network is run, which changes none of its numbers. */
export interface NetworkOptions {
  /** Each layer keeps its input alone for backward, and is computed again there (blocks/recomputed.ts). */
  readonly recompute: boolean;
}

export function network(
  architecture: Architecture,
  places: Places,
  options: NetworkOptions = { recompute: false },
): Network {
  return architecture.type === 'transformer'
    ? transformer(architecture, places, options)
    : convNet(architecture, places, options);
}
