/** ‖g‖ per lane, over all parameters and over those of each role, from one product:   squares [lanes, count] · roles [count, n]. */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import type { Arena } from '../tensor/arena.ts';
import { keep, release, scoped } from '../tensor/engine.ts';
import { product } from '../tensor/product.ts';

export interface RoleNorms {
  of(gradient: Tensor2D): { total: number[]; byRole: { [role: string]: number[] } };
  dispose(): void;
}

export function roleNorms(arena: Arena): RoleNorms {
  const roles = [...new Set(arena.parameters.map(({ role }) => role))];
  const membership = new Float32Array(arena.count * roles.length);
  for (const { role, offset, size } of arena.parameters)
    for (let i = offset; i < offset + size; i++) membership[i * roles.length + roles.indexOf(role)] = 1;
  const indicator = keep(tf.tensor2d(membership, [arena.count, roles.length]));
  return {
    of(gradient) {
      const squares = scoped(() => product(tf.square(gradient), indicator))();
      const values = squares.dataSync();
      release(squares);
      const lanes = Array.from({ length: arena.lanes }, (_, lane) => lane);
      const square = (lane: number, role: number): number => values[lane * roles.length + role];
      return {
        total: lanes.map((lane) => Math.sqrt(roles.reduce((sum, _, role) => sum + square(lane, role), 0))),
        byRole: Object.fromEntries(
          roles.map((name, role) => [name, lanes.map((lane) => Math.sqrt(square(lane, role)))]),
        ),
      };
    },
    dispose: () => release(indicator),
  };
}
