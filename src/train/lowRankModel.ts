/** Low-rank changes and models: what a model has trained as factors of LoRA, and factors put on a base. */
import { methodOf } from '../adapters/compose.ts';
import { isLowRank, lowRankFactors, type LowRankFactors } from '../adapters/lowRankFactors.ts';
import { magnitude } from '../adapters/rescale/magnitude.ts';
import { type TrainedSite, trainedSites } from '../adapters/trainedSite.ts';
import type { Method } from '../adapters/types.ts';
import { lowRank } from '../adapters/update/lowRank.ts';
import { RequestError, Unsupported } from '../errors.ts';
import type { Base } from './base.ts';
import { createModel, type Model } from './model.ts';

/** What one lane has trained, site by site. Throws a RequestError for a lane that does not exist. */
export function trainedLane(model: Model, lane: number): TrainedSite[] {
  const { base, arena } = model;
  if (!Number.isInteger(lane) || lane < 0 || lane >= arena.lanes)
    throw new RequestError(`there is no lane ${lane}; the model has ${arena.lanes}, counted from 0`);
  return trainedSites(model, lane, base.sites);
}

/** Throws Unsupported where a change is no product of two thin matrices. */
export function factorsOfModel(model: Model, lane: number): LowRankFactors[] {
  const sites = trainedLane(model, lane);
  const other = sites.find((site) => !isLowRank(site));
  if (other)
    throw new Unsupported(`what was trained at ${other.name} is not a low-rank update; convert it to LoRA first`);
  return sites.map(lowRankFactors);
}

/** A model of one lane with those changes and no others. */
export function modelOfFactors(base: Base, factors: readonly LowRankFactors[]): Model {
  const bySite = new Map(factors.map((of) => [of.name, of]));
  const made = new Map<string, Method>();
  const methodAt = ({ rank, alpha, scaling, upBias, magnitude: m }: LowRankFactors): Method => {
    const key = JSON.stringify([rank, alpha, scaling, upBias !== null, m !== null]);
    const method =
      made.get(key) ??
      methodOf({
        update: lowRank({ rank, alpha, scaling, upBias: upBias !== null }),
        ...(m ? { rescale: magnitude() } : {}),
      });
    made.set(key, method);
    return method;
  };
  return createModel(base, {
    seeds: [0],
    methodFor(name) {
      const at = bySite.get(name);
      return at ? methodAt(at) : null;
    },
    initial: (site, role) => (bySite.get(site) as Partial<Record<string, Float32Array>> | undefined)?.[role] ?? null,
  });
}
