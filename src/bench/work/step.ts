/** Our training step: the loop of train/trainer.ts on a random network and random tokens. */
import { methodOf } from '../../adapters/compose.ts';
import { adalora } from '../../adapters/methods/adalora.ts';
import { methodByName } from '../../adapters/methods/index.ts';
import { onTargets } from '../../adapters/placement.ts';
import type { Recipe } from '../../adapters/types.ts';
import { adamw } from '../../optim/adamw.ts';
import { stream } from '../../tensor/random.ts';
import { loadBase } from '../../train/base.ts';
import { createModel } from '../../train/model.ts';
import { randomWeights } from '../../train/randomWeights.ts';
import { startRun, train } from '../../train/trainer.ts';
import type { StepJob } from '../job.ts';
import { configOf, type Shape } from '../shape.ts';
import { timed, type Work } from './work.ts';

/** More than are ever made: AdaLoRA's schedule needs to know of an end. */
const plannedSteps = 1000;
const rank = 8;
const alpha = 16;

export function stepWork({ shape, method: name, targets, lanes }: StepJob): Work {
  const method = methodOf(recipeOf(name));
  const base = loadBase(randomWeights(configOf(shape), 0), method.storage);
  const methodFor = onTargets(method, base.sites, { targets });
  const seeds = Array.from({ length: lanes }, (_, seed) => seed);
  const model = createModel(base, { seeds, methodFor, steps: plannedSteps });
  const ids = randomTokens(shape, lanes);
  const run = startRun(model, {
    steps: plannedSteps,
    batch: () => ({ ids, labels: ids, length: shape.sequence }),
    optimizer: adamw(),
    schedule: { type: 'constant', warmupSteps: 0 },
    learningRates: seeds.map(() => 1e-4),
  });
  const steps = train(run);
  return {
    counts: {},
    repeat: () => timed(() => steps.next()) / lanes,
    end() {
      run.dispose();
      model.dispose();
      base.dispose();
    },
  };
}

/** AdaLoRA prunes from the first step on, with a new mask after each: all of its work is in every step that is timed. */
const recipeOf = (name: string): Recipe =>
  name === 'adalora'
    ? adalora({ rank: rank + rank / 2, alpha, target: rank, warmup: 0, tail: 0, every: 1 })
    : methodByName(name)({ rank, alpha });

const randomTokens = ({ batch, sequence, vocabulary }: Shape, lanes: number): Int32Array => {
  const random = stream(0, 'tokens');
  return Int32Array.from({ length: lanes * batch * sequence }, () => random.integer(vocabulary));
};
