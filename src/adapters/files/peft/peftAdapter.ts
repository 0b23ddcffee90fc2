/** A trained adapter in PEFT's format: which peft_type holds it, and what cannot be held. */
import { Unsupported } from '../../../errors.ts';
import { isLowRank, lowRankFactors } from '../../lowRankFactors.ts';
import type { TrainedSite } from '../../trainedSite.ts';
import { isAdalora, writeAdalora } from './adalora.ts';
import { isIa3, writeIa3 } from './ia3.ts';
import { writeLora } from './lora.ts';
import type { BaseFacts, PeftAdapter } from './writing.ts';

/** Throws Unsupported for a method that PEFT has no way to express. */
export function peftAdapter(sites: readonly TrainedSite[], base: BaseFacts, steps: number | null): PeftAdapter {
  if (isAdalora(sites)) return writeAdalora(sites, base, steps);
  if (sites.every(isIa3)) return writeIa3(sites, base);
  if (sites.every(isLowRank)) {
    const norms = (name: string): Float32Array => sites.find((site) => site.name === name)!.norms();
    const dropout = sites[0]!.parts[0]!.method.dropout;
    return writeLora({ factors: sites.map(lowRankFactors), norms, dropout }, base);
  }
  const what = new Set(
    sites.flatMap(({ parts }) =>
      parts.map(({ method: { update, rescale } }) => `${update.spec.type} with ${rescale.spec.type}`),
    ),
  );
  throw new Unsupported(
    `PEFT has no format for an adapter of ${[...what].join(', ')}; merge it, or convert it to LoRA`,
  );
}
