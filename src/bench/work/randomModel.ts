/** Random networks and tokens: no time depends on the numbers. */
import { methodOf } from '../../adapters/compose.ts';
import { adalora } from '../../adapters/methods/adalora.ts';
import { methodByName } from '../../adapters/methods/index.ts';
import { onTargets } from '../../adapters/placement.ts';
import type { Method } from '../../adapters/types.ts';
import { stream } from '../../tensor/random.ts';
import { type Base, loadBase } from '../../train/base.ts';
import { createModel, type Model } from '../../train/model.ts';
import { randomWeights } from '../../train/randomWeights.ts';
import { configOf, type Shape } from '../shape.ts';

export interface RandomModel {
  readonly base: Base;
  readonly model: Model;
  end(): void;
}

export interface Adapted {
  /** By its name in the registry of methods. */
  readonly method: string;
  readonly targets: string | readonly string[];
  readonly lanes: number;
  readonly recompute?: boolean;
}

/** More steps than are ever made: AdaLoRA's schedule needs to know of an end. */
export const plannedSteps = 1000;
const rank = 8;
const alpha = 16;

/** A network with a method on it. */
export function adaptedModel(shape: Shape, { method: name, targets, lanes, recompute = false }: Adapted): RandomModel {
  const method = methodNamed(name);
  const base = loadBase(randomWeights(configOf(shape), 0), method.storage);
  const seeds = Array.from({ length: lanes }, (_, seed) => seed);
  const methodFor = onTargets(method, base.sites, { targets });
  return owning(base, createModel(base, { seeds, methodFor, steps: plannedSteps, recompute }));
}

/** A network without any. */
export function plainModel(shape: Shape): RandomModel {
  const base = loadBase(randomWeights(configOf(shape), 0));
  return owning(base, createModel(base, { seeds: [0], methodFor: () => null }));
}

const owning = (base: Base, model: Model): RandomModel => ({
  base,
  model,
  end() {
    model.dispose();
    base.dispose();
  },
});

/** AdaLoRA prunes from the first step on, with a new mask after each: all of its work is in every step that is timed. */
export const methodNamed = (name: string): Method =>
  methodOf(
    name === 'adalora'
      ? adalora({ rank: rank + rank / 2, alpha, target: rank, warmup: 0, tail: 0, every: 1 })
      : methodByName(name)({ rank, alpha }),
  );

export function randomTokens(vocabulary: number, length: number): Int32Array {
  const random = stream(0, 'tokens');
  return Int32Array.from({ length }, () => random.integer(vocabulary));
}
