/** peft_type LORA: LoRA, rsLoRA and DoRA, on linear maps and embeddings (PEFT tuners/lora). */
import type { LowRankFactors } from '../../lowRankFactors.ts';
import type { StoredMatrix } from '../stored.ts';
import { defaultConfigurations } from './configuration.ts';
import { patterned } from './pattern.ts';
import { aboutBase, type BaseFacts, type PeftAdapter, storedTensors } from './writing.ts';

/** Modules whose frozen table PEFT writes beside the adapter (EMBEDDING_LAYER_NAMES of utils/constants.py). */
const savedTables = ['embed_tokens', 'lm_head'];

export interface LoraFile {
  readonly factors: readonly LowRankFactors[];
  /** ‖W + ΔW‖ per output of a site, for one without magnitude beside others that have one. */
  readonly norms: (site: string) => Float32Array;
  readonly dropout: number;
}

/**
 * One scale rule, rsLoRA's only where all sites follow it, and one choice of DoRA or not for all sites: a site without magnitude
 * beside others gets the one that changes nothing.
 */
export function writeLora({ factors, norms, dropout }: LoraFile, base: BaseFacts): PeftAdapter {
  const usesDora = factors.some(({ magnitude }) => magnitude !== null);
  const usesRsLora = factors.every(({ scaling }) => scaling === 'sqrtRank');
  const alphaOf = ({ rank, alpha, scaling }: LowRankFactors): number =>
    scaling === 'sqrtRank' && !usesRsLora ? alpha * Math.sqrt(rank) : alpha;
  const ranks = patterned(factors.map(({ name, rank }) => ({ name, value: rank })));
  const alphas = patterned(factors.map((of) => ({ name: of.name, value: alphaOf(of) })));
  const tensors = factors.flatMap((site) => {
    const { name, rank, down, up, magnitude, shape } = site;
    const [inputs, outputs] = shape;
    const roles = {
      down: { shape: [inputs, rank], data: down },
      up: { shape: [rank, outputs], data: up },
      ...(usesDora && { magnitude: { shape: [outputs], data: magnitude ?? norms(name) } }),
    };
    const table = savedTables.includes(name.split('.').at(-1)!)
      ? [[baseTableKey(name), base.table(name)] as [string, StoredMatrix]]
      : [];
    return [...storedTensors(site, roles), ...table];
  });
  return {
    configuration: {
      ...defaultConfigurations.LORA,
      ...aboutBase(factors, base),
      r: ranks.usual,
      rank_pattern: ranks.pattern,
      lora_alpha: alphas.usual,
      alpha_pattern: alphas.pattern,
      lora_dropout: dropout,
      use_dora: usesDora,
      use_rslora: usesRsLora,
    },
    tensors: Object.fromEntries(tensors),
  };
}

/** Under which PEFT saves the frozen table of an adapted embedding or head. */
export const baseTableKey = (site: string): string => `base_model.model.${site}.base_layer.weight`;
