/**
 * Any trained change as LoRA of a given rank: the leading part of the singular value decomposition of W′ − W, site by site, with W′
 * the merged kernel. A product of thin matrices is decomposed exactly without building it.
 */
import tf from '@tensorflow/tfjs';
import type { Adapter } from '../adapters/adapt.ts';
import { checkCutoff, factorsOfSvd, type SiteError } from '../adapters/lowRankApproximation.ts';
import { isLowRank, lowRankFactors, scaleOf } from '../adapters/lowRankFactors.ts';
import type { TrainedSite } from '../adapters/trainedSite.ts';
import { Unsupported } from '../errors.ts';
import { type Cutoff, leadingSvd, type LeadingSvd, leadingSvdOfProduct } from '../tensor/leadingSvd.ts';
import { readOnce } from '../tensor/readOnce.ts';
import type { NewAdapter } from './combineAdapters.ts';
import { modelOfFactors, trainedLane } from './lowRankModel.ts';
import type { Model } from './model.ts';

/**
 * `cutoff`: the rank of every site, or the share of ‖W′ − W‖² to keep, which gives each site its own rank (at least 1, as in PEFT's
 * convert_to_lora). A rank above what a site can have becomes the largest that it can. Throws a RequestError for a cutoff that is
 * none; Unsupported where a bias changed, which LoRA does not (IA³ on a map with a bias, a trained bias or gain, a bias of B).
 */
export function convertToLora(model: Model, lane: number, cutoff: Cutoff): NewAdapter {
  checkCutoff(cutoff);
  const sites = trainedLane(model, lane);
  const converted = model.adapters.map((adapter, i) => {
    refuseVectors(model, adapter);
    const found = decomposed(adapter, sites[i]!, lane, cutoff);
    const { shift } = adapter.update;
    const factors = { ...factorsOfSvd(sites[i]!, found), upBias: shift && readOnce(() => shift(lane)) };
    const { name: site } = factors;
    return { factors, error: { site, rank: factors.rank, relativeError: found.relativeError } satisfies SiteError };
  });
  return {
    model: modelOfFactors(
      model.base,
      converted.map(({ factors }) => factors),
    ),
    errors: converted.map(({ error }) => error),
  };
}

function decomposed(adapter: Adapter, site: TrainedSite, lane: number, cutoff: Cutoff): LeadingSvd {
  const [inputs, outputs] = site.shape;
  if (isLowRank(site)) {
    const factors = lowRankFactors(site);
    if (!factors.magnitude) {
      const scaled = factors.down.map((value) => value * scaleOf(factors));
      return leadingSvdOfProduct(scaled, factors.up, [inputs, factors.rank, outputs], cutoff);
    }
  }
  const delta = readOnce(() => {
    const merged = adapter.merged(lane);
    return adapter.site.use((kernel) => tf.sub(merged, kernel));
  });
  return leadingSvd(delta, inputs, outputs, cutoff);
}

function refuseVectors({ base }: Model, { site: { name, kind }, update, rescale }: Adapter): void {
  const scalesBias = rescale.side === 'output' && rescale.withBias && base.weights.has(`${name}.bias`);
  if (kind === 'vector' || scalesBias || update.shift)
    throw new Unsupported(
      `${kind === 'vector' ? name : `${name}.bias`} has changed, which LoRA cannot express; merge the adapter instead`,
    );
}
