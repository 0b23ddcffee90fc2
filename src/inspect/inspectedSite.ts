/** The places that get a method, and what trains there. */
import { numbersIn } from '../adapters/outline.ts';
import { checkPart, choose, type MethodFor } from '../adapters/placement.ts';
import type { Method, Outline, Place } from '../adapters/types.ts';
import type { SiteInfo } from '../families/sites.ts';

export interface InspectedSite {
  /** As the checkpoint names it; a part of a fused projection adds :query. */
  readonly name: string;
  readonly kind: Place['kind'];
  /** [in, out]; an embedding is [vocabulary, width], a vector [1, n]. */
  readonly shape: Place['shape'];
  /** Rank, alpha and scale, where there is such a thing. */
  readonly derived: Outline['derived'];
  readonly trained: readonly TrainedTensor[];
  readonly parameters: number;
  /** Of the trained numbers. */
  readonly bytes: number;
}

export interface TrainedTensor {
  readonly slot: 'update' | 'rescale';
  readonly role: string;
  readonly shape: readonly number[];
  readonly parameters: number;
}

/** A place with what its method's update and rescale would hold there, in this order. */
export interface Outlined {
  readonly place: Place;
  readonly outlines: readonly [Outline, Outline];
  /** Share of its input that is dropped in training. */
  readonly dropout: number;
}

/** In network order; the chosen parts of a fused projection are places of their own. */
export function outlinedPlaces(sites: readonly SiteInfo[], methodFor: MethodFor): Outlined[] {
  const outlined = (place: Place, { update, rescale, dropout }: Method): Outlined => ({
    place,
    outlines: [update.outline(place), rescale.outline(place)],
    dropout,
  });
  return sites.flatMap((site) => {
    const { whole, parts } = choose(site, methodFor, site.parts);
    if (whole) return [outlined(site, whole)];
    return parts.map(({ name, range: [from, to], method }) => {
      const part = outlined({ name, kind: site.kind, shape: [site.shape[0], to - from] }, method);
      checkPart(method, part.outlines[0].replaces, name);
      return part;
    });
  });
}

/** `bytesEach`: of a trained number. */
export function inspectSites(places: readonly Outlined[], bytesEach: number): InspectedSite[] {
  return places.map(({ place: { name, kind, shape }, outlines: [update, rescale] }) => {
    const trained = [...tensorsOf('update', update), ...tensorsOf('rescale', rescale)];
    const parameters = trained.reduce((n, tensor) => n + tensor.parameters, 0);
    const derived = { ...update.derived, ...rescale.derived };
    return { name, kind, shape, derived, trained, parameters, bytes: bytesEach * parameters };
  });
}

const tensorsOf = (slot: TrainedTensor['slot'], { trained }: Outline): TrainedTensor[] =>
  Object.entries(trained).map(([role, shape]) => ({ slot, role, shape, parameters: numbersIn({ role: shape }) }));
