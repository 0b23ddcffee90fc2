/** One method on one site. */
import type { Parameter } from '../tensor/arena.ts';
import type { Method, Place, Rescale, Site, SiteContext, Update } from './types.ts';

/** A place that a method changes, as records, groups and controls see it. */
export interface AdaptedSite extends Place {
  readonly method: Method;
  /** Rank, alpha, scale. */
  readonly derived: Update['derived'];
  /** Of the update, then of the rescale. */
  readonly parameters: readonly Parameter[];
  /** Of the update alone: what a lower rank would have fewer of. */
  readonly updateParameters: readonly Parameter[];
}

export function adaptSite(
  site: Site,
  method: Method,
  context: SiteContext,
): { update: Update; rescale: Rescale; sites: readonly [AdaptedSite] } {
  const update = method.update.create(site, context);
  const rescale = method.rescale.create(site, update, context);
  const parameters = [...update.parameters, ...rescale.parameters];
  const { name, kind, shape } = site;
  const { derived, parameters: updateParameters } = update;
  return { update, rescale, sites: [{ name, kind, shape, method, derived, parameters, updateParameters }] };
}
