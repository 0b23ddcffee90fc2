/** One adapter among several on one base: its method at a site, and how much of it is applied. */
import type { Arena } from '../../tensor/arena.ts';
import type { Method, Shapes, SiteContext } from '../types.ts';

export interface Member {
  /** The adapter's. */
  readonly name: string;
  readonly method: Method;
  /** Share of its change that is applied: 1 all of it, 0 none. Asked at every use. */
  readonly share: () => number;
  /** Its turn among those that are applied, where the order matters. */
  readonly turn: () => number;
}

/** The role of a member's tensor among those of the others at a site. */
export const memberRole = (member: string, role: string): string => `${member}/${role}`;

/** The tensors of all members at a site, each under its own name. */
export const memberShapes = (members: readonly Member[], shapesOf: (method: Method) => Shapes): Shapes =>
  Object.fromEntries(
    members.flatMap(({ name, method }) =>
      Object.entries(shapesOf(method)).map(([role, shape]) => [memberRole(name, role), shape]),
    ),
  );

/** The adapter and its own role, from such a name. */
export function ownRole(role: string): { readonly member: string; readonly role: string } {
  const at = role.lastIndexOf('/');
  return { member: role.slice(0, at), role: role.slice(at + 1) };
}

/** A context in which the member's tensors have names of their own. */
export function memberContext(context: SiteContext, { name }: Member): SiteContext {
  const { arena } = context;
  const own: Pick<Arena, 'parameter' | 'constant'> = {
    parameter: (site, role, shape, initial) => arena.parameter(site, memberRole(name, role), shape, initial),
    constant: (site, role, shape, initial) => arena.constant(site, memberRole(name, role), shape, initial),
  };
  return { ...context, arena: Object.assign(Object.create(arena) as Arena, own) };
}

/** Factors that are applied one after the other: those on the input, and those that take in the bias. Others are part of a change. */
export const isFactor = ({ rescale }: Method): boolean => rescale.spec.type === 'inputOutputScale';
