/** What the writers of all peft_types have in common. */
import type { SiteKind } from '../../types.ts';
import { modulesOf, shortestEndings } from '../endings.ts';
import { peftTensor } from '../peftKeys.ts';
import type { StoredMatrix } from '../stored.ts';
import type { Configuration } from './configuration.ts';

/** What an adapter in PEFT's format consists of. */
export interface PeftAdapter {
  /** adapter_config.json */
  readonly configuration: Configuration;
  /** adapter_model.safetensors */
  readonly tensors: { readonly [key: string]: StoredMatrix };
}

/** What a writer must know of the base. */
export interface BaseFacts {
  /** base_model_name_or_path: a name on a hub, or a folder. */
  readonly name: string;
  /** CAUSAL_LM, SEQ_CLS; null for what PEFT has no word for. */
  readonly taskType: string | null;
  /** Every site, the head included. */
  readonly sites: readonly { readonly name: string; readonly kind: SiteKind }[];
  /** Whether the checkpoint stores the kernel of a linear map as [in, out] (GPT-2's Conv1D). */
  isInOut(site: string): boolean;
  /** The frozen numbers of an embedding or the head as the checkpoint stores them. */
  table(site: string): StoredMatrix;
}

/** The keys that every configuration says of the base and the sites. */
export function aboutBase(sites: readonly { readonly name: string }[], base: BaseFacts): Configuration {
  const names = sites.map(({ name }) => name);
  return {
    base_model_name_or_path: base.name,
    task_type: base.taskType,
    target_modules: shortestEndings(names, modulesOf(base.sites)),
    fan_in_fan_out: names.some((name) => base.isInOut(name)),
  };
}

/** Tensors of a site by role, in our orientation, under PEFT's names and in torch's. */
export function storedTensors(
  { name, kind }: { readonly name: string; readonly kind: SiteKind },
  roles: { readonly [role: string]: { readonly shape: readonly number[]; readonly data: Float32Array } },
  isSvd = false,
): [string, StoredMatrix][] {
  return Object.entries(roles).map(([role, { shape, data }]) => {
    const stored = peftTensor({ site: name, role, shape }, kind, isSvd);
    return [stored.key, { shape: stored.shape, data: stored.toFile(data) }];
  });
}
