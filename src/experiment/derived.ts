/** What follows from a recipe and a base once the adapters are in place: effective scales, numbers trained, bytes by holder. */
import type { Derived } from '../results/record/derived.ts';
import { measured } from '../results/record/measured.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import type { RunPlan } from '../results/record/plan.ts';
import type { Model } from '../train/model.ts';

export interface DerivedFrom {
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly run: RunPlan;
  readonly activationBytes: number;
}

/** Of one lane, after training (or as far as it came). */
export function derivedOf({ model, optimizer, run, activationBytes }: DerivedFrom): Derived {
  const { adapters, arena, base } = model;
  const { lanes, count } = arena;
  const sites = adapters.flatMap((adapter) => adapter.sites);
  const numbers = 4;
  const memory = Object.values(optimizer.state()).reduce((sum, { size }) => sum + size, 0);
  return {
    sites: {
      name: sites.map(({ name }) => name),
      kind: sites.map(({ kind }) => kind),
      rank: sites.map((site) => site.derived.rank ?? null),
      scale: sites.map(({ derived: { scale } }) => (scale === undefined ? null : measured(scale))),
      parameters: sites.map(({ parameters }) => parameters.reduce((sum, { size }) => sum + size, 0)),
    },
    trainableParameters: count,
    trainableParametersAtEnd: count - prunedParameters(model, run.group.lane),
    baseParameters: base.parameters,
    bytes: {
      base: base.bytes,
      adapter: numbers * count,
      gradients: numbers * count,
      optimizer: (numbers * memory) / lanes,
      activations: Math.round(activationBytes / lanes),
    },
    baseHash: base.hash(),
    learnHash: hashIn(run.learn),
    retainHash: hashIn(run.retain),
    startsEqualToBase: adapters.every(({ method }) => method.update.starts.equalToBase),
  };
}

/** Every unit of rank that is not active takes its share of the update's numbers out of use. */
function prunedParameters({ adapters, controls }: Model, lane: number): number {
  const sites = new Map(adapters.flatMap((adapter) => adapter.sites).map((site) => [site.name, site]));
  return controls
    .flatMap((control) => (control.activeRanks(lane) ?? []).map((active, i) => ({ active, site: control.sites[i]! })))
    .reduce((sum, { active, site }) => {
      const { updateParameters, derived } = sites.get(site)!;
      const perRank = updateParameters.reduce((all, { size }) => all + size, 0) / derived.rank!;
      return sum + perRank * (derived.rank! - active);
    }, 0);
}

const hashIn = (spec: RunPlan['learn']): string => (spec as { hash: string }).hash;
