/** Outlines and the parameters that follow from them: one function gives the shapes, so that counting and creating cannot disagree. */
import type { Parameter } from '../tensor/arena.ts';
import type { Outline, Shapes, Site, SiteContext } from './types.ts';

/** An outline of what is given; the rest is nothing. */
export const outlineOf = (given: Partial<Outline>): Outline => ({
  trained: {},
  frozen: {},
  shared: {},
  savedPerRow: 0,
  replaces: false,
  derived: {},
  ...given,
});

/** Registers a parameter of each shape; `initial` gives a lane's numbers by role. */
export function createParameters<S extends Shapes>(
  { name }: Site,
  { arena }: SiteContext,
  shapes: S,
  initial: { readonly [Role in keyof S]: (lane: number) => Float32Array },
): { readonly [Role in keyof S]: Parameter } {
  const made = Object.entries(shapes).map(([role, shape]) => [role, arena.parameter(name, role, shape, initial[role])]);
  return Object.fromEntries(made) as { readonly [Role in keyof S]: Parameter };
}

/** Numbers in all tensors of the shapes. */
export const numbersIn = (shapes: Shapes): number =>
  Object.values(shapes).reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
