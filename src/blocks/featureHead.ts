/** The end of a network that gives features and predicts nothing. */
import { RequestError } from '../errors.ts';
import type { Block } from './block.ts';
import type { Head } from './head.ts';
import { firstRow, pooledHead } from './pooledHead.ts';

const nothing = (): never => {
  throw new RequestError(
    'this network has no output layer: it gives features, and cannot be trained or asked for logits',
  );
};

const none: Head = {
  trains: false,
  logits: nothing,
  score: nothing,
  pooled: () => null,
  forward: nothing,
  backward: nothing,
};

/** `pooler`: what the first row of a sequence goes through; null where there is none. */
export const featureHead = (pooler: Block | null): Head => (pooler ? pooledHead(firstRow, pooler, none) : none);
