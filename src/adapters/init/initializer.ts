import type { Stream } from '../../tensor/random.ts';
import type { Described } from '../json.ts';

/** How a trained matrix is filled at the start. */
export interface Initializer extends Described {
  readonly isZero: boolean;
  /** `fanIn`: the width of what the matrix is multiplied with: in for A, the rank for B. */
  fill(size: number, fanIn: number, random: Stream): Float32Array;
}
