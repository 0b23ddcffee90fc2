/** Outlines and the parameters that follow from them: one function gives the shapes, so that counting and creating cannot disagree. */
import type { Constant, Parameter, Start } from '../tensor/arena.ts';
import type { Outline, Shapes, Site, SiteContext } from './types.ts';

/** An outline of what is given; the rest is nothing. */
export const outlineOf = (given: Partial<Outline>): Outline => ({
  trained: {},
  sharedTrained: {},
  frozen: {},
  shared: {},
  savedPerRow: 0,
  replaces: false,
  derived: {},
  ...given,
});

/** A lane's numbers at the start, by role. */
type Starts<S extends Shapes> = { readonly [Role in keyof S]: Start };

/** Registers a parameter of each shape; `initial` gives a lane's numbers by role. */
export const createParameters = <S extends Shapes>(
  { name }: Site,
  { arena }: SiteContext,
  shapes: S,
  initial: Starts<S>,
): { readonly [Role in keyof S]: Parameter } => each(shapes, initial, arena.parameter, name);

/** Registers a frozen tensor of each shape in the same way. */
export const createConstants = <S extends Shapes>(
  { name }: Site,
  { arena }: SiteContext,
  shapes: S,
  initial: Starts<S>,
): { readonly [Role in keyof S]: Constant } => each(shapes, initial, arena.constant, name);

function each<S extends Shapes, Held>(
  shapes: S,
  initial: Starts<S>,
  register: (site: string, role: string, shape: readonly number[], initial: Start) => Held,
  site: string,
): { readonly [Role in keyof S]: Held } {
  const made = Object.entries(shapes).map(([role, shape]) => [role, register(site, role, shape, initial[role]!)]);
  return Object.fromEntries(made) as { readonly [Role in keyof S]: Held };
}

/** Numbers in all tensors of the shapes. */
export const numbersIn = (shapes: Shapes): number =>
  Object.values(shapes).reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
