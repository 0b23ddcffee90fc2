/** What was trained at a site, one lane of it, as numbers on the host: what is written to files, combined and converted. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Arena, Role } from '../tensor/arena.ts';
import { readOnce } from '../tensor/readOnce.ts';
import { laneFactor } from '../tensor/laneMatMul.ts';
import type { Adapter } from './adapt.ts';
import type { AdaptedSite } from './adaptedSite.ts';
import type { Place } from './types.ts';

export interface TrainedSite extends Place {
  /** The whole of it, or the parts of a fused projection that were adapted. */
  readonly parts: readonly TrainedPart[];
  /** The column of the site's kernel that each output is, laid part after part. */
  readonly columns: readonly number[];
  /** ‖W + ΔW‖ per output, before any rescale. */
  norms(): Float32Array;
}

export interface TrainedPart extends Pick<AdaptedSite, 'name' | 'kind' | 'shape' | 'method' | 'derived'> {
  /** Its outputs of the site's, [from, to), laid part after part. */
  readonly range: readonly [number, number];
  readonly roles: readonly Role[];
  /** Of tensors that do not train and that the lane has of its own. */
  readonly frozenRoles: readonly Role[];
  /** Of a trained or a frozen tensor, row-major in its own form. */
  numbers(role: Role): Float32Array;
}

/** The ranges of a site's parts, by the name of the part. */
export type PartRanges = { readonly [part: string]: readonly [number, number] };

/** `ranges`: of the parts of a site, by its name. Throws for a role that a site lacks. */
export function trainedSites(
  { adapters, arena }: { adapters: readonly Adapter[]; arena: Arena },
  lane: number,
  ranges: (site: string) => PartRanges | undefined,
): TrainedSite[] {
  const { constants } = arena;
  return adapters.map(({ site: { name, kind, shape }, sites, update, arrangement }) => ({
    name,
    kind,
    shape,
    columns: arrangement.columns(shape[1]),
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
        range: part.name === name ? [0, shape[1]] : ranges(name)![part.name.slice(name.length + 1)]!,
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

/** Norms are [out], or [lanes, 1, out] where there are several lanes. */
const oneLane = (norms: Tensor, lane: number): Tensor => (norms.rank === 3 ? laneFactor(norms, lane) : norms);
