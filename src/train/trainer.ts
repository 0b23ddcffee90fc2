/**
 * The training loop. A run is a model, a plan and what the run remembers; `train` yields a report after every step, and whoever
 * reads the reports decides when to evaluate, to save or to stop. All lanes go through a step together and do not touch each other.
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import type { Pass } from '../blocks/block.ts';
import { clipByNorm } from '../optim/clip.ts';
import type { Optimizer, OptimizerFactory } from '../optim/optimizer.ts';
import { type RateTable, rateTable } from '../optim/rates.ts';
import { type Schedule, scheduleFactor } from '../optim/schedule.ts';
import { release, scoped } from '../tensor/engine.ts';
import { type RoleNorms, roleNorms } from './gradientNorms.ts';
import type { LaneBatch, LaneImages } from './laneBatch.ts';
import { type Model, noMask } from './model.ts';

export type { LaneBatch } from './laneBatch.ts';

export interface TrainPlan {
  readonly steps: number;
  /** The batch of a step (from 1) and part (from 0) of it. A function of those two alone, so that a run can go on anywhere. */
  readonly batch: (step: number, part: number) => LaneBatch | LaneImages;
  /** Parts of a step whose gradients are averaged before the update. */
  readonly parts?: number;
  readonly optimizer: OptimizerFactory;
  readonly schedule: Schedule;
  /** One a lane. */
  readonly learningRates: readonly number[];
  readonly weightDecay?: number;
  /** Longest gradient, in the norm over all parameters of a lane. */
  readonly maxGradientNorm?: number;
  /** Dropout masks of a step and part, and of the batch that it has. */
  readonly masks?: (step: number, part: number, batch: { readonly sequences: number }) => Pass['mask'];
  /** Shown every step's gradient, penalty included and before clipping; reading it ([lanes · count]) waits for the engine. */
  readonly onGradient?: (step: number, read: () => Float32Array) => void;
}

export interface StepReport {
  /** From 1. */
  readonly step: number;
  /** Task loss before the update, per lane: the mean over its tokens (of parts, the mean of their means), without penalty. */
  readonly lossNats: readonly number[];
  readonly penalty: readonly number[];
  /** The schedule's factor of the learning rates. */
  readonly rateFactor: number;
  /** Norm of the whole gradient before clipping, per lane. */
  readonly gradientNorm: readonly number[];
  readonly gradientNormByRole: { readonly [role: string]: readonly number[] };
}

export interface Run {
  readonly model: Model;
  readonly plan: TrainPlan;
  readonly optimizer: Optimizer;
  /** Steps done. */
  step: number;
  /** Lanes whose loss and gradient have been finite so far; the others stand still. */
  readonly alive: boolean[];
  readonly rates: RateTable;
  readonly norms: RoleNorms;
  dispose(): void;
}

export function startRun(model: Model, plan: TrainPlan): Run {
  const { arena } = model;
  const optimizer = plan.optimizer();
  const rates = rateTable(arena, plan.learningRates, plan.weightDecay ?? 0, model.groupOf);
  const norms = roleNorms(arena);
  return {
    model,
    plan,
    optimizer,
    rates,
    norms,
    step: 0,
    alive: plan.learningRates.map(() => true),
    dispose() {
      optimizer.dispose();
      rates.dispose();
      norms.dispose();
    },
  };
}

/** Trains from the run's step to the end of its plan, one report a step. */
export function* train(run: Run): Generator<StepReport> {
  const { model, plan, optimizer, alive } = run;
  const { arena, controls } = model;
  const { parts = 1, maxGradientNorm } = plan;

  while (run.step < plan.steps && alive.includes(true)) {
    const step = run.step + 1;
    const rateFactor = scheduleFactor(plan.schedule, step, plan.steps);

    const lossNats = alive.map(() => 0);
    for (let part = 0; part < parts; part++) {
      const batch = model.batch(plan.batch(step, part), 1 / parts);
      model
        .lossAndGradients(batch, plan.masks?.(step, part, batch) ?? noMask)
        .forEach((loss, lane) => (lossNats[lane] += loss));
      release(batch);
    }
    const penalties = controls.map((control) => control.penalty());
    const penalty = alive.map((_, lane) => penalties.reduce((sum, ofLane) => sum + ofLane[lane], 0));

    let gradient = arena.takeGradient();
    const unclipped = gradient;
    plan.onGradient?.(step, () => unclipped.dataSync() as Float32Array);
    const { total: gradientNorm, byRole: gradientNormByRole } = run.norms.of(gradient);
    alive.forEach((was, lane) => {
      alive[lane] = was && Number.isFinite(lossNats[lane]) && Number.isFinite(gradientNorm[lane]);
    });
    if (maxGradientNorm !== undefined)
      gradient = replaced(gradient, (g) => clipByNorm(g, gradientNorm, maxGradientNorm));

    const next = scoped(() => {
      const direction = controls.reduce((g, control) => control.precondition(g), gradient);
      const moved = optimizer.step(step, arena.values, direction, run.rates.at(rateFactor));
      return alive.includes(false) ? onlyAlive(alive, moved, arena.values) : moved;
    })();
    arena.replace(next);
    for (const control of controls) control.afterStep(step, gradient, alive);
    release(gradient);

    run.step = step;
    yield { step, lossNats, penalty, rateFactor, gradientNorm, gradientNormByRole };
  }
}

/** Selects, does not multiply by zero: 0 × NaN is NaN. */
function onlyAlive(alive: readonly boolean[], moved: Tensor2D, stays: Tensor2D): Tensor2D {
  const condition = tf.tensor2d(alive.map(Number), [alive.length, 1], 'bool');
  return tf.where(tf.broadcastTo(condition, moved.shape), moved, stays);
}

function replaced(old: Tensor2D, f: (old: Tensor2D) => Tensor2D): Tensor2D {
  const made = scoped(f)(old);
  release(old);
  return made;
}
