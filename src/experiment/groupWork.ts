/**
 * How far a group is, so that the time left can be told also while it evaluates. The unit is a token that one lane reads: an
 * evaluation reads it once, a training step once forward and about twice as much in reverse.
 */
import { evaluationTokens } from '../train/evaluate.ts';
import type { GroupLog } from './groupLog.ts';
import { meanTokens, rowsOf } from './lanes.ts';
import type { Material } from './material.ts';
import { testTokens } from './testScores.ts';
import type { TrainSettings } from './trainOptions.ts';

export interface GroupWork {
  /** Work of earlier, taken up again. */
  restore(step: number, log: GroupLog): void;
  /** One training step. */
  step(): void;
  /** So many tokens read in an evaluation. */
  read(tokens: number): void;
}

const trainingShare = 3;

/** Tells `onProgress` the share of the work that is done, from 0 to 1. */
export function groupWork(
  train: TrainSettings,
  { training, learn, retain, observe }: Material,
  onProgress: (share: number) => void,
): GroupWork {
  const { steps, accumulation, evaluateEvery } = train;
  const perStep = trainingShare * accumulation * rowsOf(train, meanTokens(training));
  const perEvaluation = evaluationTokens(learn.validation) + evaluationTokens(retain.validation);
  const evaluations = Math.ceil(steps / evaluateEvery) + 1;
  const final = testTokens({ learn, retain, observe });
  const whole = steps * perStep + evaluations * perEvaluation + final;
  let done = 0;
  const add = (work: number): void => {
    done += work;
    onProgress(Math.min(1, done / whole));
  };
  return {
    restore: (step, log) => add(step * perStep + log.evaluations.length * perEvaluation),
    step: () => add(perStep),
    read: add,
  };
}
