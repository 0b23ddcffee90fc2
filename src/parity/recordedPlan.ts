/** The loop of a recorded run: its batches, masks, optimizer and schedule. */
import path from 'node:path';
import { Unsupported } from '../errors.ts';
import { adamw } from '../optim/adamw.ts';
import type { OptimizerFactory } from '../optim/optimizer.ts';
import type { Schedule } from '../optim/schedule.ts';
import { sgd } from '../optim/sgd.ts';
import { transformersAdamw } from '../optim/transformersAdamw.ts';
import type { Base } from '../train/base.ts';
import type { TrainPlan } from '../train/trainer.ts';
import { recordedBatches } from './recordedBatches.ts';
import { recordedMasks } from './recordedMasks.ts';
import { scheduleOf } from './recordedSchedule.ts';
import type { RunCase } from './runCase.ts';

/** `firstGradient` is shown the gradient of the first step, accumulated and unclipped. */
export function recordedPlan(
  folder: string,
  run: RunCase,
  base: Base,
  firstGradient: (gradient: Float32Array) => void,
): TrainPlan {
  const { train: spec } = run;
  const { steps, gradientAccumulation: parts } = spec;
  const file = path.join(folder, 'batches.safetensors');
  const { batch, rowsPerPart } = recordedBatches(file, { steps, parts }, base.architecture);
  return {
    steps,
    parts,
    batch,
    optimizer: recordedOptimizer(run),
    schedule: recordedSchedule(run),
    learningRates: [spec.learningRate],
    weightDecay: spec.weightDecay,
    ...(spec.maxGradNorm === undefined ? {} : { maxGradientNorm: spec.maxGradNorm }),
    ...(run.dropout ? { masks: recordedMasks(path.join(folder, run.dropout.masks), rowsPerPart) } : {}),
    onGradient: (step, gradient) => {
      if (step === 1) firstGradient(gradient());
    },
  };
}

/** A run's 'constant' has a warm-up, transformers' has none. */
function recordedSchedule({ train: { schedule, learningRate } }: RunCase): Schedule {
  const type = schedule.type === 'constant' ? 'constant_with_warmup' : schedule.type;
  return scheduleOf({ ...schedule, type }, learningRate);
}

/** Throws Unsupported for one that is not there. */
export function recordedOptimizer({ train: { optimizer, momentum, betas, eps } }: RunCase): OptimizerFactory {
  if (optimizer === 'sgd') return sgd({ momentum });
  const [beta1, beta2] = betas ?? [0.9, 0.999];
  if (optimizer === 'lora-fa') return transformersAdamw({ beta1, beta2, epsilon: eps ?? 1e-6 });
  if (optimizer !== 'adamw')
    throw new Unsupported(`the optimizer ${optimizer} is not there yet; there are adamw, sgd and lora-fa`);
  return adamw({ beta1, beta2, epsilon: eps ?? 1e-8 });
}
