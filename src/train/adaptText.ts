/** One model adapted to a person's own texts: scores of what is held out, the run, the scores again. */
import { setImmediate } from 'node:timers/promises';
import { trainingBatches } from '../data/batches.ts';
import type { Sequence } from '../data/encode.ts';
import type { OptimizerFactory } from '../optim/optimizer.ts';
import type { Schedule } from '../optim/schedule.ts';
import { dropoutMasks } from './dropout.ts';
import type { Model } from './model.ts';
import { baseScores, type TextScores, textScores } from './textScores.ts';
import { startRun, type StepReport, train } from './trainer.ts';

export interface AdaptPlan {
  readonly training: readonly Sequence[];
  /** May be empty: then nothing is scored. */
  readonly validation: readonly Sequence[];
  readonly steps: number;
  /** Sequences in a step. */
  readonly batch: number;
  readonly seed: number;
  readonly optimizer: OptimizerFactory;
  readonly schedule: Schedule;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly maxGradientNorm: number;
}

export interface AdaptOptions {
  /** Aborted to stop: after the step in hand, with what has been learnt until then. */
  readonly signal: AbortSignal;
  readonly onStep: (report: StepReport) => void;
}

export interface Adapted {
  /** Steps done. */
  readonly steps: number;
  /** Fewer than planned, because the signal asked for it. */
  readonly stopped: boolean;
  /** Of what is held out, before and after; null where nothing is, or where the signal came first. */
  readonly before: TextScores | null;
  readonly after: TextScores | null;
  /** Task loss of each step, before its update. */
  readonly lossNats: readonly number[];
  readonly seconds: number;
}

/** Trains the model, of one lane, and leaves it trained. Throws where the loss is not finite any more. */
export async function adaptText(model: Model, plan: AdaptPlan, { signal, onStep }: AdaptOptions): Promise<Adapted> {
  const { steps, batch, seed, validation } = plan;
  const scored = (score: typeof textScores): Promise<TextScores | null> =>
    validation.length === 0 ? Promise.resolve(null) : unlessAborted(signal, (check) => score(model, validation, check));
  const before = await scored(baseScores);
  const batchAt = trainingBatches(plan.training, { rows: batch, seed });
  const run = startRun(model, {
    steps,
    batch: (step) => batchAt(step - 1),
    optimizer: plan.optimizer,
    schedule: plan.schedule,
    learningRates: [plan.learningRate],
    weightDecay: plan.weightDecay,
    maxGradientNorm: plan.maxGradientNorm,
    masks: dropoutMasks([seed]),
  });
  const lossNats: number[] = [];
  const began = performance.now();
  try {
    const reports = train(run);
    while (!signal.aborted) {
      const next = reports.next();
      if (next.done) break;
      if (run.alive[0] !== true)
        throw new Error(
          `the loss is not finite any more after step ${run.step} of ${steps}; a lower learning rate may do (it was ${plan.learningRate})`,
        );
      lossNats.push(next.value.lossNats[0]!);
      onStep(next.value);
      await setImmediate();
    }
  } finally {
    run.dispose();
  }
  const seconds = (performance.now() - began) / 1000;
  const stopped = lossNats.length < steps;
  return {
    steps: lossNats.length,
    stopped,
    before,
    lossNats,
    seconds,
    after: stopped ? null : await scored(textScores),
  };
}

/** What `work` gives, or null where the signal ends it. */
async function unlessAborted<T>(signal: AbortSignal, work: (check: () => void) => Promise<T>): Promise<T | null> {
  try {
    return await work(() => signal.throwIfAborted());
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}
