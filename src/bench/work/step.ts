/** Our training step: the loop of train/trainer.ts on a random network and random tokens. */
import { adamw } from '../../optim/adamw.ts';
import { countAddonCalls } from '../../tensor/addonCalls.ts';
import { startRun, train } from '../../train/trainer.ts';
import type { StepJob } from '../job.ts';
import { plainTape } from './plainTape.ts';
import { adaptedModel, plannedSteps, randomTokens } from './randomModel.ts';
import { type Stepper, timed, type Work } from './work.ts';

export function stepWork(job: StepJob): Work {
  const { shape, lanes, writing, countsCalls } = job;
  const calls = countsCalls ? countAddonCalls() : null;
  const { step, end } = writing === 'plain' ? plainTape(shape) : trainer(job);
  const counts: Record<string, number> = {};
  if (calls) {
    step(); // the first makes what later ones find
    const before = calls();
    step();
    counts['engine calls'] = calls() - before;
  }
  return { counts, repeat: () => timed(step) / lanes, end };
}

function trainer({ shape, method, targets, recompute, lanes }: StepJob): Stepper {
  const { model, end } = adaptedModel(shape, { method, targets, recompute, lanes });
  const { batch, sequence: length, vocabulary } = shape;
  const ids = randomTokens(vocabulary, lanes * batch * length);
  const run = startRun(model, {
    steps: plannedSteps,
    batch: () => ({ ids, labels: ids, length }),
    optimizer: adamw(),
    schedule: { type: 'constant', warmupSteps: 0 },
    learningRates: Array.from({ length: lanes }, () => 1e-4),
  });
  const steps = train(run);
  return {
    step() {
      const { done, value } = steps.next();
      if (done) throw new Error(`only ${plannedSteps} steps were planned, and all are made`);
      return value.lossNats[0]!;
    },
    end() {
      run.dispose();
      end();
    },
  };
}
