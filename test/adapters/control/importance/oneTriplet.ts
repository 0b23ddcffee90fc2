/** A site with one triplet of one number each: Q at 0, λ at 1, P at 2. */
import type { Triplets } from '../../../../src/adapters/control/triplets.ts';
import { createArena } from '../../../../src/tensor/arena.ts';

const arena = createArena(1);
const one = (role: string, shape: readonly number[]): Triplets['down'] =>
  arena.parameter('site', role, shape, () => new Float32Array(1));

export const oneTriplet: Triplets = {
  name: 'site',
  rank: 1,
  down: one('down', [1, 1]),
  singular: one('singular', [1]),
  up: one('up', [1, 1]),
};
