import { compose } from '../compose.ts';
import type { Recipe } from '../types.ts';
import { dora } from './dora.ts';
import { qlora, type QloraOptions } from './qlora.ts';

/** QDoRA: DoRA on a base held in NF4. The magnitude starts from the norms of the rounded kernel. */
export const qdora = ({ kind, blockSize, double, ...options }: QloraOptions): Recipe =>
  compose(dora(options), qlora({ ...options, kind, blockSize, double }));
