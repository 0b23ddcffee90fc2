/** The names and forms under which a recorded run stored the tensors of sites. */
import { checkpointTensor, type StoredTensor } from '../adapters/files/storedTensor.ts';
import type { PeftType } from '../adapters/files/types/peftType.ts';
import { isTarget, type Targets } from '../adapters/targets.ts';
import type { KernelOrder } from '../adapters/types.ts';
import type { SiteInfo } from '../families/sites.ts';
import type { Base } from '../train/base.ts';
import type { Initial } from '../train/model.ts';

export interface RecordedNames {
  /** Of a tensor of a site; null for one that the run did not store. */
  of(...tensor: Parameters<Initial>): StoredTensor | null;
  /** Whether a name in an adapter's file is of a tensor that does not train and that no site asks for. */
  isFrozen(key: string): boolean;
}

/** Tensors of the base by the checkpoint's names, as a run without adapter stored them. */
export function checkpointNames({ sites, architecture }: Base): RecordedNames {
  const bySite = new Map(sites.map((site) => [site.name, site]));
  return {
    of: (site, _role, shape) => {
      const info = bySite.get(site)!;
      return checkpointTensor(info.tensor, shape, isTurned(info, architecture.kernelOrder));
    },
    isFrozen: () => false,
  };
}

/** Checkpoints have every output layer [out, in], and other kernels in their family's order. */
const isTurned = ({ kind, isHead }: SiteInfo, order: KernelOrder): boolean =>
  kind === 'linear' && (isHead || order === 'outIn');

/** PEFT's names: everything below base_model.model, a tensor of an adapted module below its base_layer. */
export function peftNames(base: Base, type: PeftType, targets: Targets): RecordedNames {
  const plain = checkpointNames(base);
  const kinds = new Map(base.sites.map(({ name, kind }) => [name, kind]));
  const adapted = base.sites.filter((site) => isTarget(site, targets)).map(({ name }) => name);
  const inside = (key: string): string => {
    const module = adapted.find((name) => key === `${name}.weight` || key === `${name}.bias`);
    return module ? `${module}.base_layer.${key.slice(module.length + 1)}` : key;
  };
  const tensors = new Set(base.sites.flatMap(({ tensor }) => [tensor, inside(tensor)]).map(belowModel));
  return {
    of(site, role, shape) {
      const stored = Object.hasOwn(type.tensors, role) ? type.tensors[role] : undefined;
      if (stored) return stored(belowModel(site), shape, kinds.get(site)!);
      if (role !== 'dense' && role !== 'bias') return null;
      const whole = plain.of(site, role, shape)!;
      return { ...whole, key: belowModel(inside(whole.key)) };
    },
    isFrozen: (key) => tensors.has(key) || key.startsWith('base_model.vera_'),
  };
}

const belowModel = (name: string): string => `base_model.model.${name}`;
