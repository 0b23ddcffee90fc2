/** A trained adapter in PEFT's format: which peft_type holds it, and what cannot be held. */
import { Unsupported } from '../../errors.ts';
import type { TrainedSite } from '../trainedSite.ts';
import { modulesOf, shortestEndings } from './endings.ts';
import type { StoredMatrix } from './stored.ts';
import { peftNames, type StoredSite } from './tensorNames.ts';
import type { Configuration } from './types/configuration.ts';
import { peftTypes } from './types/index.ts';
import type { NamedTensor } from './types/writing.ts';
import { wholeTensors } from './wholeTensors.ts';

/** What an adapter in PEFT's format consists of. */
export interface PeftAdapter {
  /** adapter_config.json */
  readonly configuration: Configuration;
  /** adapter_model.safetensors */
  readonly tensors: { readonly [key: string]: StoredMatrix };
}

/** What must be known of the base. */
export interface BaseFacts {
  /** base_model_name_or_path: a name on a hub, or a folder. */
  readonly name: string;
  /** CAUSAL_LM, SEQ_CLS; null for what PEFT has no word for. */
  readonly taskType: string | null;
  readonly sites: readonly StoredSite[];
  /** The frozen tensor of a site as the checkpoint stores it. */
  frozen(site: string): StoredMatrix;
}

/** `steps`: of the run, where they are known. Throws Unsupported for a method that PEFT has no way to express. */
export function peftAdapter(trained: readonly TrainedSite[], base: BaseFacts, steps: number | null): PeftAdapter {
  const whole = trained.filter(isWhole);
  const sites = trained.filter((site) => !isWhole(site));
  const [name, type] = Object.entries(peftTypes).find(([, { holds }]) => holds(sites)) ?? [];
  if (!name || !type) throw noType(sites);
  const adapted = sites.map((site) => site.name);
  const targets = endings(adapted, base.sites);
  const names = peftNames(base.sites, name, { targets });
  const { configuration, tensors } = type.write(sites, {
    steps,
    form(site, role, shape) {
      const form = names.of(site, role, shape);
      if (!form) throw new Error(`PEFT's ${name} has no name for the role '${role}' of ${site}`);
      return form;
    },
    endings: (of) => endings(of, base.sites),
  });
  const tables = adapted
    .filter((site) => savedTables.includes(site.split('.').at(-1)!))
    .map((site): NamedTensor => [names.of(site, 'dense', [])!.key, base.frozen(site)]);
  const { adaptedBiases } = type;
  const beside = wholeTensors(whole, { sites: base.sites, adapted, names, adaptedBiases, frozen: base.frozen });
  const inOut = base.sites.filter(({ kind, isTurned }) => kind === 'linear' && !isTurned).map((site) => site.name);
  return {
    configuration: {
      ...configuration,
      base_model_name_or_path: base.name,
      task_type: taskTypeOf(base, beside.configuration),
      target_modules: targets,
      ...('fan_in_fan_out' in configuration ? { fan_in_fan_out: adapted.some((site) => inOut.includes(site)) } : {}),
      ...beside.configuration,
    },
    tensors: Object.fromEntries([...tensors, ...tables, ...beside.tensors]),
  };
}

/** Modules whose frozen table PEFT writes beside an adapter on them (EMBEDDING_LAYER_NAMES of utils/constants.py). */
const savedTables = ['embed_tokens', 'lm_head'];

const isWhole = ({ parts }: TrainedSite): boolean => parts.every(({ method }) => method.update.spec.type === 'dense');

const endings = (of: readonly string[], sites: readonly StoredSite[]): string[] =>
  shortestEndings(of, modulesOf(sites));

/** PEFT expects a trained output layer in every adapter of a classifier: one that has none does not say its task. */
function taskTypeOf({ taskType }: BaseFacts, { modules_to_save: modules }: Configuration): string | null {
  const isTrained = Array.isArray(modules) && modules.some((module) => module === 'classifier' || module === 'score');
  return taskType === 'SEQ_CLS' && !isTrained ? null : taskType;
}

function noType(sites: readonly TrainedSite[]): Unsupported {
  const what = sites.flatMap(({ parts }) =>
    parts.map(({ method: { update, rescale } }) => `${update.spec.type} with ${rescale.spec.type}`),
  );
  return new Unsupported(
    `PEFT has no format for an adapter of ${[...new Set(what)].join(', ')}; merge it, or convert it to LoRA (convertToLora)`,
  );
}
