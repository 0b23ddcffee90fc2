/** Which methods go where: the one decision that building a network and counting one without weights share. */
import type { FusedParts } from '../blocks/fit.ts';
import { RequestError } from '../errors.ts';
import { none as noControl } from './control/none.ts';
import { none as noRescale } from './rescale/none.ts';
import { type TargetCandidate, type Targets, targetSites } from './targets.ts';
import type { Method, Place, SiteKind } from './types.ts';
import { dense } from './update/dense.ts';
import { wholeSites } from './wholeSites.ts';

/** The method of a site or of a part of one, or null to leave it as it is. */
export type MethodFor = (name: string, kind: SiteKind, isHead: boolean) => Method | null;

/** A method on some outputs of a fused projection. */
export interface PartChoice {
  /** c_attn:query */
  readonly name: string;
  /** Its outputs, [from, to). */
  readonly range: readonly [number, number];
  readonly method: Method;
}

/**
 * One method on all sites that are targets, and beside it those tensors of the base that train as they are, with the same groups.
 * A RequestError where there are no targets, or where the method cannot change what is.
 */
export function onTargets(method: Method, sites: readonly TargetSite[], targets: Targets): MethodFor {
  const candidates = withParts(sites);
  const whole = new Set(wholeSites(candidates, targets));
  const chosen = new Set(targetSites(candidates, targets).filter((name) => !whole.has(name)));
  for (const { name, kind } of sites) if (chosen.has(name)) checked(method, name, kind);
  const asItIs: Method = { ...method, update: dense(), rescale: noRescale(), control: noControl(), dropout: 0 };
  return (name) => (chosen.has(name) ? method : whole.has(name) ? asItIs : null);
}

type TargetSite = TargetCandidate & { readonly parts?: FusedParts };

/** Every site that a target can name: c_attn, and beside it c_attn:query. */
export const withParts = (sites: readonly TargetSite[]): TargetCandidate[] =>
  sites.flatMap((site) => [
    site,
    ...Object.keys(site.parts ?? {}).map((part) => ({ ...site, name: `${site.name}:${part}` })),
  ]);

/** What a place gets: a method on the whole of it, or methods on parts of it, or nothing. */
export interface Choice {
  readonly whole: Method | null;
  readonly parts: readonly PartChoice[];
}

/** The parts of a place are asked for only where the whole gets nothing. A method on the wrong kind of site is a RequestError. */
export function choose(
  { name, kind, isHead }: Pick<Place, 'name' | 'kind'> & { readonly isHead: boolean },
  methodFor: MethodFor,
  parts: FusedParts = {},
): Choice {
  const whole = methodFor(name, kind, isHead);
  if (whole) return { whole: checked(whole, name, kind), parts: [] };
  const chosen = Object.entries(parts).flatMap(([part, range]) => {
    const method = methodFor(`${name}:${part}`, kind, isHead);
    return method ? [{ name: `${name}:${part}`, range, method: checked(method, `${name}:${part}`, kind) }] : [];
  });
  return { whole: null, parts: chosen };
}

/** Throws a RequestError where a part would be replaced, which only a whole kernel can be. */
export function checkPart({ update }: Method, replaces: boolean, part: string): void {
  if (replaces)
    throw new RequestError(
      `'${update.spec.type}' replaces a whole kernel; put it on ${part.slice(0, part.lastIndexOf(':'))}, not on ${part}`,
    );
}

function checked(method: Method, name: string, kind: SiteKind): Method {
  for (const { spec, sites } of [method.update, method.rescale])
    if (!sites.includes(kind))
      throw new RequestError(
        `'${spec.type}' goes on sites of the kind ${sites.join(' or ')}, and ${name} is of the kind ${kind}; choose other targets, or exclude it`,
      );
  return method;
}
