import { compose } from '../compose.ts';
import type { Recipe } from '../types.ts';
import { dora, type DoraOptions } from './dora.ts';
import { qlora, type QloraOptions } from './qlora.ts';

export interface QdoraOptions extends QloraOptions, DoraOptions {}

/** QDoRA: DoRA on a base held in NF4. The magnitude starts from the norms of the rounded kernel. */
export const qdora = ({ kind, blockSize, double, detachNorm, ...options }: QdoraOptions): Recipe =>
  compose(dora({ ...options, detachNorm }), qlora({ ...options, kind, blockSize, double }));
