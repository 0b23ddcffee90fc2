/** Short training runs of a subject of the contract on a tiny random network. */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { onTargets } from '../../src/adapters/placement.ts';
import type { Method } from '../../src/adapters/types.ts';
import { type TokenBatch, tokenBatch } from '../../src/blocks/tokenBatch.ts';
import { adamw } from '../../src/optim/adamw.ts';
import { release } from '../../src/tensor/engine.ts';
import { type Base, loadBase } from '../../src/train/base.ts';
import { dropoutMasks } from '../../src/train/dropout.ts';
import { createModel, type Model } from '../../src/train/model.ts';
import { type LaneBatch, type Run, startRun, type StepReport, train, type TrainPlan } from '../../src/train/trainer.ts';
import { tinyTokens } from '../tinyLlama.ts';
import { type Subject, weightsOf } from './subjects.ts';

export const length = 7;
export const rowsPerLane = 2;
/** Enough for AdaLoRA to start, prune and end. */
export const usualSteps = 4;

export interface Lane {
  /** Of the lane's start, batches and masks. */
  readonly seed: number;
  readonly learningRate: number;
}

export interface TinyOptions {
  readonly steps?: number;
  /** The same batch at every step. */
  readonly sameBatch?: boolean;
  /** Replaces entries of the plan. */
  readonly plan?: Partial<TrainPlan>;
  /** Shown the model after every step. */
  readonly afterStep?: (step: number, model: Model) => void;
  /** Replaces the subject's method. */
  readonly method?: Method;
}

export const baseOf = ({ network, method }: Subject): Base => loadBase(weightsOf(network), method.storage);

export function modelOf(subject: Subject, base: Base, seeds: readonly number[], options: TinyOptions = {}): Model {
  const { targets, method } = subject;
  return createModel(base, {
    seeds,
    steps: options.steps ?? usualSteps,
    methodFor: onTargets(options.method ?? method, base.sites, targets),
  });
}

/** Tokens of all lanes at a step, each lane's by its own seed. */
export function batchOf(seeds: readonly number[], step: number): LaneBatch {
  const ids = Int32Array.from(seeds.flatMap((seed) => [...tinyTokens(1000 * seed + step, rowsPerLane, length)]));
  return { ids, labels: ids, length };
}

/** A probe of one lane. The caller releases it. */
export function probe(): TokenBatch {
  const { ids, labels } = batchOf([99], 0);
  return tokenBatch(ids, labels, { lanes: 1, length });
}

export function runOf(
  model: Model,
  lanes: readonly Lane[],
  { steps = usualSteps, sameBatch, plan }: TinyOptions = {},
): Run {
  const seeds = lanes.map(({ seed }) => seed);
  return startRun(model, {
    steps,
    batch: (step) => batchOf(seeds, sameBatch ? 1 : step),
    masks: dropoutMasks(seeds),
    optimizer: adamw(),
    schedule: { type: 'constant', warmupSteps: 0 },
    learningRates: lanes.map(({ learningRate }) => learningRate),
    ...plan,
  });
}

export interface Trained {
  readonly reports: readonly StepReport[];
  /** All numbers of each lane, in the arena's order. */
  readonly values: readonly Float32Array[];
}

/** Makes a model, trains it, and frees everything but the base. */
export function trained(subject: Subject, base: Base, lanes: readonly Lane[], options: TinyOptions = {}): Trained {
  const model = modelOf(
    subject,
    base,
    lanes.map(({ seed }) => seed),
    options,
  );
  const run = runOf(model, lanes, options);
  const reports = Array.from(train(run), (report) => {
    options.afterStep?.(report.step, model);
    return report;
  });
  const values = lanes.map((_, lane) => laneValues(model, lane));
  run.dispose();
  model.dispose();
  return { reports, values };
}

export function laneValues({ arena }: Model, lane: number): Float32Array {
  return arena.values.dataSync<'float32'>().slice(lane * arena.count, (lane + 1) * arena.count);
}

/** Logits on a probe of one lane, repeated for every lane of the model. */
export function logitsOf(model: Model): Float32Array {
  const { lanes } = model.arena;
  const { ids } = batchOf([99], 0);
  const repeated = Int32Array.from({ length: lanes * ids.length }, (_, i) => ids[i % ids.length]);
  const batch = tokenBatch(repeated, repeated, { lanes, length });
  const logits = model.logits(batch);
  const values = logits.dataSync<'float32'>().slice();
  release(logits, batch);
  return values;
}

/** Of the base without any method. */
export function baseLogits(base: Base): Float32Array {
  const model = createModel(base, { seeds: [0], methodFor: () => null });
  const values = logitsOf(model);
  model.dispose();
  return values;
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const off = Math.abs(a[i] - b[i]);
    if (!(off <= largest)) largest = off;
  }
  return largest;
}

/** Every frozen number of a base as its users see it. */
export function frozenNumbers(base: Base): Map<string, Float32Array> {
  const { weights, sites } = base;
  const read = (use: (f: (k: Tensor2D) => Tensor2D) => Tensor2D): Float32Array => {
    const copy = use((kernel) => tf.clone(kernel));
    const values = copy.dataSync<'float32'>().slice();
    copy.dispose();
    return values;
  };
  return new Map(
    sites.map(({ name, kind }) => {
      if (kind === 'vector') return [name, weights.vector(name).slice()];
      const frozen = kind === 'embedding' ? weights.table(name) : weights.kernel(name);
      return [name, read((f) => frozen.use(f))];
    }),
  );
}
