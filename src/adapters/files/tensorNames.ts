/** The names and forms under which the tensors of sites are stored, in a checkpoint and in an adapter of PEFT. */
import type { Role } from '../../tensor/arena.ts';
import { isTarget, type TargetCandidate, type Targets } from '../targets.ts';
import { asIs, type StoredTensor, turned } from './storedTensor.ts';
import { peftTypes } from './types/index.ts';

/** A place of a base and the tensor of the checkpoint that holds it. */
export interface StoredSite extends TargetCandidate {
  readonly tensor: string;
  /** Its shape there. */
  readonly stored: readonly number[];
  /** Whether the checkpoint has the kernel the other way round, [out, in]. */
  readonly isTurned: boolean;
}

export interface TensorNames {
  /** Of a tensor of a site; null for one that is not stored. */
  of(site: string, role: Role, shape: readonly number[]): StoredTensor | null;
  /** Whether a name in an adapter's file is of a tensor that does not train and that no site asks for. */
  isFrozen(key: string): boolean;
  /** The checkpoint's name of such a tensor, where it is the base's. */
  tensorOf(key: string): string | null;
}

/** Tensors of the base by the checkpoint's names. */
export function checkpointNames(sites: readonly StoredSite[]): TensorNames {
  const bySite = new Map(sites.map((site) => [site.name, site]));
  return {
    of(site, _role, shape) {
      const { tensor, stored, isTurned } = bySite.get(site)!;
      return { ...(isTurned ? turned(tensor, shape) : asIs(tensor, shape)), shape: stored };
    },
    isFrozen: () => false,
    tensorOf: () => null,
  };
}

/** PEFT's names: everything below base_model.model, a tensor of an adapted module below its base_layer. */
export function peftNames(sites: readonly StoredSite[], peftType: string, targets: Targets): TensorNames {
  const { tensors: roles } = peftTypes[peftType]!;
  const plain = checkpointNames(sites);
  const bySite = new Map(sites.map((site) => [site.name, site]));
  const adapted = sites.filter((site) => isTarget(site, targets)).map(({ name }) => name);
  const inside = new Map(
    adapted.flatMap((name) => ['weight', 'bias'].map((own) => [`${name}.${own}`, `${name}.base_layer.${own}`])),
  );
  const nameOf = (own: string): string => belowModel(inside.get(own) ?? own);
  const frozen = new Map(
    sites.flatMap((site) => [belowModel(ownName(site)), nameOf(ownName(site))].map((key) => [key, site.tensor])),
  );
  return {
    of(site, role, shape) {
      if (Object.hasOwn(roles, role)) return roles[role]!(belowModel(site), shape, bySite.get(site)!);
      if (role !== 'dense' && role !== 'bias') return null;
      const whole = plain.of(site, role, shape)!;
      return { ...whole, key: nameOf(ownName(bySite.get(site)!)) };
    },
    isFrozen: (key) => frozen.has(key) || key.startsWith('base_model.vera_'),
    tensorOf: (key) => frozen.get(key) ?? null,
  };
}

/** A tensor of the base by the name of its module, which the checkpoint's name need not be. */
const ownName = ({ name, kind }: StoredSite): string => (kind === 'vector' ? name : `${name}.weight`);

const belowModel = (name: string): string => `base_model.model.${name}`;
