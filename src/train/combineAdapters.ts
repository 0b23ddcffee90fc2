/** One adapter from several: linear, cat or svd (adapters/combine/weighted.ts). */
import { combineFactors, type CombineOptions } from '../adapters/combine/weighted.ts';
import type { SiteError } from '../adapters/lowRankApproximation.ts';
import { type AdapterFolder, loadAdapter } from './adapterFolder.ts';
import type { Base } from './base.ts';
import { factorsOfModel, modelOfFactors } from './lowRankModel.ts';
import type { Model } from './model.ts';

export interface WeightedAdapter {
  readonly adapter: AdapterFolder | string;
  readonly weight: number;
}

export interface NewAdapter {
  /** The base with the new adapter, of one lane. Save it with saveAdapter. */
  readonly model: Model;
  /** How far each site's change is from what was wanted. */
  readonly errors: readonly SiteError[];
}

/** Throws what combineFactors throws; Unsupported for an adapter that is no LoRA (convert it first). */
export function combineAdapters(base: Base, adapters: readonly WeightedAdapter[], options: CombineOptions): NewAdapter {
  let placedOn = base;
  const weighted = adapters.map(({ adapter, weight }) => {
    const model = loadAdapter(base, adapter);
    try {
      if (model.base !== base) placedOn = model.base; // with a head of its own
      return { weight, factors: factorsOfModel(model, 0) };
    } finally {
      model.dispose();
    }
  });
  const { factors, errors } = combineFactors(weighted, options);
  return { model: modelOfFactors(placedOn, factors), errors };
}
