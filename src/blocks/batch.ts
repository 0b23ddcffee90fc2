/** What goes through a network at once. */
import type { ImageBatch } from './imageBatch.ts';
import type { TokenBatch } from './tokenBatch.ts';

export type Batch = TokenBatch | ImageBatch;
