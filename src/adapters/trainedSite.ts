/** What was trained at a site, one lane of it, as numbers on the host: what is written to files, combined and converted. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Arena, Role } from '../tensor/arena.ts';
import { readOnce } from '../tensor/readOnce.ts';
import { laneFactor } from '../tensor/laneMatMul.ts';
import type { FusedParts } from '../blocks/fit.ts';
import type { Adapter } from './adapt.ts';
import type { AdaptedSite } from './adaptedSite.ts';
import type { Place } from './types.ts';

export interface TrainedSite extends Place {
  /** The whole of it, or the parts of a fused projection that were adapted. */
  readonly parts: readonly TrainedPart[];
  /** ‖W + ΔW‖ per output, before any rescale. */
  norms(): Float32Array;
}

export interface TrainedPart extends Pick<AdaptedSite, 'name' | 'kind' | 'shape' | 'method' | 'derived'> {
  /** Where each of its outputs stands among the site's. */
  readonly places: readonly number[];
  readonly roles: readonly Role[];
  /** Of tensors that do not train and that the lane has of its own. */
  readonly frozenRoles: readonly Role[];
  /** Of a trained or a frozen tensor, row-major in its own form. */
  numbers(role: Role): Float32Array;
}

/** A place that may be a fused projection, with its parts. */
export interface FusedPlace {
  readonly name: string;
  readonly parts?: FusedParts;
}

/** `places`: of the base. A role that a part lacks is an Error. */
export function trainedSites(
  { adapters, arena }: { adapters: readonly Adapter[]; arena: Arena },
  lane: number,
  places: readonly FusedPlace[],
): TrainedSite[] {
  const { constants } = arena;
  const byName = new Map(places.map((place) => [place.name, place]));
  return adapters.map(({ site: { name, kind, shape }, sites, update, arrangement }) => ({
    name,
    kind,
    shape,
    norms: () => readOnce(() => oneLane(update.columnNorms(), lane)),
    parts: sites.map((part): TrainedPart => {
      const own = new Map(part.parameters.map((parameter) => [parameter.role, parameter]));
      const frozen = new Map(constants.filter(({ site }) => site === part.name).map((held) => [held.role, held]));
      return {
        name: part.name,
        kind: part.kind,
        shape: part.shape,
        method: part.method,
        derived: part.derived,
        places: placesOf(part.name, byName.get(name), arrangement.columns(shape[1])),
        roles: [...own.keys()],
        frozenRoles: [...frozen.keys()],
        numbers(role) {
          const held = own.get(role) ?? frozen.get(role);
          if (!held) throw new Error(`${part.name} has no '${role}'`);
          return arena.read(held, lane);
        },
      };
    }),
  }));
}

function placesOf(part: string, fused: FusedPlace | undefined, columns: readonly number[]): readonly number[] {
  const range = fused?.parts?.[part.slice(fused.name.length + 1)];
  return range && part !== fused.name ? columns.slice(...range) : columns;
}

/** Norms are [out], or [lanes, 1, out] where there are several lanes. */
const oneLane = (norms: Tensor, lane: number): Tensor => (norms.rank === 3 ? laneFactor(norms, lane) : norms);
