/** The model of a group and its training, all lanes together. */
import { dropoutMasks } from '../train/dropout.ts';
import { createModel, type Model } from '../train/model.ts';
import { type Run, startRun } from '../train/trainer.ts';
import type { Group } from './groups.ts';
import { laneBatches } from './laneBatches.ts';
import type { Material } from './material.ts';
import { type Variant, variantNamed } from './variant.ts';
import { methodFor } from './variantSites.ts';

export const variantOf = ({ variant }: Group, { experiment }: Material): Variant => variantNamed(experiment, variant);

/** The base with the group's method on it; the caller's. */
export function groupModel(group: Group, material: Material): Model {
  const variant = variantOf(group, material);
  const base = material.base(variant.method.storage);
  return createModel(base, {
    seeds: group.runs.map(({ seed }) => seed),
    methodFor: methodFor(variant, base.sites),
    steps: variant.train.steps,
    recompute: variant.train.recompute,
  });
}

/** Its training, before the first step; the caller's. */
export function groupRun(group: Group, model: Model, material: Material): Run {
  const { train } = variantOf(group, material);
  const { steps, batch, accumulation: parts, optimizer, schedule, weightDecay, maxGradientNorm } = train;
  const { runs } = group;
  const seeds = runs.map(({ seed }) => seed);
  return startRun(model, {
    steps,
    parts,
    batch: laneBatches(material.training, { seeds, rows: batch / parts, parts }),
    optimizer,
    schedule,
    learningRates: runs.map(({ learningRate }) => learningRate),
    weightDecay,
    maxGradientNorm,
    masks: dropoutMasks(seeds),
  });
}
